//! The conditions of filters: `?@.a == 1 && !@.b`.

use super::parse::{PATH_PATTERNS, ParsedPart, Parser, has_leading_zero};
use super::path::{Literal, Operand, PatternOperand, Query, Relation, Start, Test, Whole};
use super::patterns;
use crate::value::Decimal;

/// What can stand on its own in a filter, or on a side of a comparison.
enum FilterPart {
    Literal(Literal),
    Query(Query),
    /// A function that gives a value.
    Value(Operand),
    /// A function that is true or false.
    Truth(Test),
}

impl Parser<'_> {
    pub fn test(&mut self) -> ParsedPart<Test> {
        let mut any = vec![self.all()?];
        while self.operator("||") {
            any.push(self.all()?);
        }
        Ok(one_or(any, Test::Any))
    }

    fn all(&mut self) -> ParsedPart<Test> {
        let mut all = vec![self.basic()?];
        while self.operator("&&") {
            all.push(self.basic()?);
        }
        Ok(one_or(all, Test::All))
    }

    /// Whether `token` follows, blanks around it passed over.
    fn operator(&mut self, token: &str) -> bool {
        let before = self.at;
        self.blanks();
        if self.take(token) {
            self.blanks();
            return true;
        }
        self.at = before;
        false
    }

    fn basic(&mut self) -> ParsedPart<Test> {
        if self.peek() == Some('!') {
            self.at += 1;
            self.blanks();
            let inner = if self.peek() == Some('(') { self.parentheses()? } else { self.truth()? };
            return Ok(Test::Not(Box::new(inner)));
        }
        if self.peek() == Some('(') {
            return self.parentheses();
        }
        let start = self.at;
        let left = self.part()?;
        let Some(relation) = self.relation() else { return self.as_truth(left, start) };
        let left = self.comparable(left, start)?;
        let start = self.at;
        let right = self.part()?;
        let right = self.comparable(right, start)?;
        Ok(Test::Compare(left, relation, right))
    }

    fn parentheses(&mut self) -> ParsedPart<Test> {
        self.expect("(")?;
        self.blanks();
        let inner = self.nested(Self::test)?;
        self.blanks();
        self.expect(")")?;
        Ok(inner)
    }

    /// What is true or false by itself.
    fn truth(&mut self) -> ParsedPart<Test> {
        let start = self.at;
        let part = self.part()?;
        self.as_truth(part, start)
    }

    fn as_truth(&mut self, part: FilterPart, start: usize) -> ParsedPart<Test> {
        match part {
            FilterPart::Query(query) => Ok(Test::Found(query)),
            FilterPart::Truth(test) => Ok(test),
            FilterPart::Literal(_) | FilterPart::Value(_) => {
                self.at = start;
                Err("a value is not a condition; compare it with something".to_owned())
            }
        }
    }

    /// A side of a comparison: one value at most.
    fn comparable(&mut self, part: FilterPart, start: usize) -> ParsedPart<Operand> {
        let why = match part {
            FilterPart::Literal(literal) => return Ok(Operand::Literal(literal)),
            FilterPart::Value(operand) => return Ok(operand),
            FilterPart::Query(query) if query.is_single() => return Ok(Operand::Single(query)),
            FilterPart::Query(_) => "only a path to a single value can be compared",
            FilterPart::Truth(_) => "a condition cannot be compared",
        };
        self.at = start;
        Err(why.to_owned())
    }

    fn relation(&mut self) -> Option<Relation> {
        const RELATIONS: [(&str, Relation); 6] = [
            ("==", Relation::Equal),
            ("!=", Relation::NotEqual),
            ("<=", Relation::LessOrEqual),
            (">=", Relation::GreaterOrEqual),
            ("<", Relation::Less),
            (">", Relation::Greater),
        ];
        RELATIONS.into_iter().find_map(|(token, relation)| self.operator(token).then_some(relation))
    }

    fn part(&mut self) -> ParsedPart<FilterPart> {
        match self.peek() {
            Some('@') => self.query(Start::Current).map(FilterPart::Query),
            Some('$') => self.query(Start::Root).map(FilterPart::Query),
            Some('\'' | '"') => self.quoted().map(|text| FilterPart::Literal(Literal::Text(text))),
            Some('-' | '0'..='9') => self.number().map(|number| FilterPart::Literal(Literal::Number(number))),
            Some('a'..='z') => self.word(),
            Some(_) | None => Err("expected a path, a value or a function".to_owned()),
        }
    }

    fn query(&mut self, from: Start) -> ParsedPart<Query> {
        self.at += 1;
        Ok(Query { from, segments: self.segments()? })
    }

    fn number(&mut self) -> ParsedPart<Decimal> {
        let whole = self.integer();
        let rest = self.rest().get(whole.len()..).unwrap_or_default();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let fraction = rest.strip_prefix('.').map_or(0, |rest| 1 + digits(rest));
        let after = rest.get(fraction..).unwrap_or_default();
        let exponent = after.strip_prefix(['e', 'E']).map_or(0, |power| {
            let sign = usize::from(power.starts_with(['+', '-']));
            1 + sign + digits(power.get(sign..).unwrap_or_default())
        });
        let text = self.rest().get(..whole.len() + fraction + exponent).unwrap_or_default();
        let is_whole = whole.ends_with(|last: char| last.is_ascii_digit()) && !has_leading_zero(whole);
        let is_complete =
            fraction != 1 && (exponent == 0 || text.ends_with(|last: char| last.is_ascii_digit()));
        match Decimal::parse(text) {
            Some(number) if is_whole && is_complete => {
                self.at += text.len();
                Ok(number)
            }
            Some(_) | None => Err("expected a JSON number".to_owned()),
        }
    }

    /// `true`, `false`, `null` or a function.
    fn word(&mut self) -> ParsedPart<FilterPart> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        if self.peek() != Some('(') {
            let literal = match word {
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                "null" => Literal::Null,
                _ => {
                    self.at = start;
                    return Err("a string needs quotes".to_owned());
                }
            };
            return Ok(FilterPart::Literal(literal));
        }
        match word {
            "length" => {
                self.arguments(Self::one).map(|operand| FilterPart::Value(Operand::Length(Box::new(operand))))
            }
            "count" => self.arguments(Self::nodes).map(|query| FilterPart::Value(Operand::Count(query))),
            "value" => self.arguments(Self::nodes).map(|query| FilterPart::Value(Operand::ValueOf(query))),
            "match" => self.arguments(|parser| parser.text_and_pattern(Whole::Text)).map(FilterPart::Truth),
            "search" => self.arguments(|parser| parser.text_and_pattern(Whole::Part)).map(FilterPart::Truth),
            _ => {
                self.at = start;
                Err("the functions are length, count, value, match and search".to_owned())
            }
        }
    }

    fn arguments<T>(&mut self, inner: impl FnOnce(&mut Self) -> ParsedPart<T>) -> ParsedPart<T> {
        self.expect("(")?;
        self.blanks();
        let arguments = self.nested(inner)?;
        self.blanks();
        self.expect(")")?;
        Ok(arguments)
    }

    fn one(&mut self) -> ParsedPart<Operand> {
        let start = self.at;
        let part = self.part()?;
        self.comparable(part, start)
    }

    fn nodes(&mut self) -> ParsedPart<Query> {
        let start = self.at;
        match self.part()? {
            FilterPart::Query(query) => Ok(query),
            FilterPart::Literal(_) | FilterPart::Value(_) | FilterPart::Truth(_) => {
                self.at = start;
                Err("expected a path".to_owned())
            }
        }
    }

    fn text_and_pattern(&mut self, whole: Whole) -> ParsedPart<Test> {
        let text = self.one()?;
        self.blanks();
        self.expect(",")?;
        self.blanks();
        let pattern = match self.one()? {
            Operand::Literal(Literal::Text(pattern)) => {
                if self.patterns.len() == PATH_PATTERNS {
                    return Err(format!("a path has at most {PATH_PATTERNS} patterns"));
                }
                self.patterns.push(patterns::pattern(&pattern, whole));
                PatternOperand::Written(self.patterns.len() - 1)
            }
            found => PatternOperand::Found(Box::new(found)),
        };
        Ok(Test::Matches { text, pattern, whole })
    }
}

/// One test as it is, several in `several`.
fn one_or(mut tests: Vec<Test>, several: fn(Vec<Test>) -> Test) -> Test {
    if tests.len() > 1 {
        return several(tests);
    }
    tests.pop().unwrap_or(Test::All(Vec::new()))
}
