//! Expressions of GitHub Actions, as far as the workflow has them.

use serde_json::Value;

/// Fills in the expressions of a text.
pub fn fill(text: &str, contexts: &Value) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").expect("an expression ends");
        out.push_str(before);
        out.push_str(&shown(&evaluate(expression, contexts)));
        rest = after;
    }
    out + rest
}

/// Whether the `if:` of a job or step holds; `is_ok` says whether everything before it succeeded.
pub fn holds(condition: Option<&Value>, contexts: &Value, is_ok: bool) -> bool {
    let Some(condition) = condition else { return is_ok };
    let text = condition.as_str().expect("a condition is a text").trim();
    let text = text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}")).unwrap_or(text);
    let asks = ["cancelled()", "always()", "failure()"].iter().any(|status| text.contains(status));
    (is_ok || asks) && is_true(&evaluate(text, contexts))
}

/// The value of an expression.
fn evaluate(text: &str, contexts: &Value) -> Value {
    let mut reader = Reader { tokens: tokens(text), at: 0, contexts };
    let value = reader.or();
    assert_eq!(reader.at, reader.tokens.len(), "{text:?} is read to its end");
    value
}

fn tokens(text: &str) -> Vec<String> {
    let pattern = r"'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_.-]*|\d+|&&|\|\||==|!=|[!(),]|\S";
    let pattern = regex::Regex::new(pattern).expect("a pattern");
    pattern.find_iter(text).map(|token| token.as_str().to_owned()).collect()
}

struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    contexts: &'a Value,
}

impl Reader<'_> {
    fn takes(&mut self, token: &str) -> bool {
        let is_next = self.tokens.get(self.at).is_some_and(|next| next == token);
        self.at += usize::from(is_next);
        is_next
    }

    fn or(&mut self) -> Value {
        let mut value = self.and();
        while self.takes("||") {
            let other = self.and();
            value = if is_true(&value) { value } else { other };
        }
        value
    }

    fn and(&mut self) -> Value {
        let mut value = self.compared();
        while self.takes("&&") {
            let other = self.compared();
            value = if is_true(&value) { other } else { value };
        }
        value
    }

    fn compared(&mut self) -> Value {
        let value = self.unary();
        if self.takes("==") {
            return Value::Bool(shown(&value) == shown(&self.unary()));
        }
        if self.takes("!=") {
            return Value::Bool(shown(&value) != shown(&self.unary()));
        }
        value
    }

    fn unary(&mut self) -> Value {
        if self.takes("!") {
            return Value::Bool(!is_true(&self.unary()));
        }
        if self.takes("(") {
            let value = self.or();
            assert!(self.takes(")"), "a bracket is closed: {:?}", self.tokens);
            return value;
        }
        let token = self.tokens.get(self.at).expect("a value").clone();
        self.at += 1;
        if let Some(text) = token.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
            return Value::String(text.replace("''", "'"));
        }
        if self.takes("(") {
            return self.called(&token);
        }
        // What a context does not have is nothing.
        token
            .split('.')
            .fold(self.contexts.clone(), |value, name| value.get(name).cloned().unwrap_or_default())
    }

    fn called(&mut self, function: &str) -> Value {
        let mut arguments = Vec::new();
        while !self.takes(")") {
            arguments.push(self.or());
            self.takes(",");
        }
        match (function, arguments.as_slice()) {
            ("cancelled", []) => Value::Bool(false),
            ("format", [pattern, argument]) => Value::String(shown(pattern).replace("{0}", &shown(argument))),
            other => panic!("the workflow calls {other:?}"),
        }
    }
}

fn is_true(value: &Value) -> bool {
    !matches!(shown(value).as_str(), "" | "false" | "0")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn expressions_are_read_as_github_reads_them() {
    let contexts = serde_json::json!({"inputs": {"a": "", "b": "x"}, "github": {"event": {"number": 7}}});
    for (text, expected) in [
        ("${{ inputs.a || 'none' }}", "none"),
        ("${{ inputs.b == 'x' && inputs.a || '' }}", ""),
        ("n-${{ github.event.number }}-${{ inputs.none }}-${{ inputs.b }}", "n-7--x"),
        ("${{ format('refs/{0}', inputs.b) == 'refs/x' }}", "true"),
        ("${{ !(inputs.b != 'x') && inputs.none == '' }}", "true"),
    ] {
        assert_eq!(fill(text, &contexts), expected, "{text}");
    }
}
