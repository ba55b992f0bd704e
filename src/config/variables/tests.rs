//! Variables from the text of the settings to the monitors, and every way in which they are wrong.

use serde_json::{Value, json};

use crate::config::{
    Circumstances, Code, DefinedVariables, Definitions, Diagnostic, Extent, Loaded, SourceFile, folded,
    load_catalog, load_with_lints, monitor_from_spec, settings, unused_variables,
};

const SETTINGS: &str = "vars:
  domain: example.com
  status: 204
  on: true
  word: '204'
  slow: 5 minutes
  token: Bearer ${env:TOKEN}
  version: 1.10
  scheme: tcp
environments:
  staging: { vars: { domain: staging.example.com, only-here: 1 } }
  prod: {}
";

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.into(), group: String::new(), bytes: text.into() }
}

fn variables(text: &str, environment: Option<&str>) -> DefinedVariables {
    settings(&file("monitorctl.yaml", text)).0.vars.in_environment(environment)
}

fn loaded_in(environment: &str, files: &[(&str, &str)]) -> Loaded {
    let files: Vec<_> = files.iter().map(|(path, text)| file(path, text)).collect();
    let variables = variables(SETTINGS, Some(environment));
    load_catalog(&files, Definitions { channels: None, variables: Some(&variables) })
}

fn monitor(fields: &str) -> String {
    format!("id: a\nurl: https://a\n{fields}\n")
}

fn fields(fields: &str) -> Value {
    let loaded = loaded_in("prod", &[("a.yaml", &monitor(fields))]);
    assert_eq!(loaded.diagnostics, [], "{fields}");
    Value::Object(loaded.monitors[0].spec.fields().clone())
}

fn errors(fields: &str) -> Vec<Diagnostic> {
    let loaded = loaded_in("prod", &[("a.yaml", &monitor(fields))]);
    loaded.diagnostics.into_iter().filter(Diagnostic::is_error).collect()
}

fn places(found: &[Diagnostic]) -> Vec<(Code, usize, usize)> {
    found.iter().map(|found| (found.code, found.span.line, found.span.column)).collect()
}

#[test]
fn a_variable_that_is_the_whole_value_keeps_its_type_and_is_text_inside_a_text() {
    assert_eq!(fields("expect: {status: '${var:status}'}")["expect"]["status"], json!(204));
    assert_eq!(fields("enabled: ${var:on}")["enabled"], json!(true));
    assert_eq!(fields("name: ${var:word}")["name"], "204");
    assert_eq!(fields("name: a ${var:status} ${var:on} z")["name"], "a 204 true z");
    assert_eq!(
        fields("name: v${var:version}")["name"],
        "v1.10",
        "a number inside a text is as it is written"
    );
    let equals = |text: &str| {
        let fields = fields(&format!("expect: {{json: [{{path: $.a, equals: {text}}}]}}"));
        fields["expect"]["json"][0]["equals"].clone()
    };
    assert_eq!(equals("'${var:status}'"), json!(204));
    assert_eq!(equals("'${var:word}'"), json!("204"));
    assert_eq!(equals("[1, {b: '${var:status}'}]"), json!([1, {"b": 204}]));
    let header = fields("headers: {authorization: '${var:token}'}");
    assert_eq!(header["headers"]["authorization"], "Bearer ${env:TOKEN}");
    let reference = fields("headers: {authorization: '${ssm:/${var:domain}/token}'}");
    assert_eq!(reference["headers"]["authorization"], "${ssm:/example.com/token}");
}

#[test]
fn an_id_a_list_and_defaults_take_variables_and_the_scheme_decides_the_kind() {
    let defaults = ("defaults.yaml", "tags: ['${var:domain}']\nmethod: HEAD\ndialog: smtp\n");
    let text = "id: ${var:scheme}-1\nurl: ${var:scheme}://${var:domain}:25\n";
    let loaded = loaded_in("staging", &[defaults, ("a.yaml", text)]);
    assert_eq!(loaded.diagnostics, []);
    let one = &loaded.monitors[0];
    assert_eq!(one.monitor.id.as_str(), "tcp-1");
    let spec =
        json!({"url": "tcp://staging.example.com:25", "tags": ["staging.example.com"], "dialog": "smtp"});
    assert_eq!(Value::Object(one.spec.fields().clone()), spec);
}

#[test]
fn two_dollars_are_a_literal_one_wherever_they_stand() {
    let text = "id: a\nurl: https://a\nmethod: POST\nbody: '$${env:X} ${env:Y}'\nname: $${var:x}\nexpect: {body: {contains: 'a $${ssm:/x}'}}\n";
    let loaded = loaded_in("prod", &[("a.yaml", text)]);
    assert_eq!(loaded.diagnostics, []);
    let monitor = &loaded.monitors[0].monitor;
    assert_eq!(monitor.name.as_deref(), Some("${var:x}"));
    assert!(format!("{monitor:?}").contains("\"a ${ssm:/x}\""), "{monitor:?}");
    // As it is stored, it means the same again.
    let spec = &loaded.monitors[0].spec;
    assert_eq!(spec.fields()["expect"]["body"]["contains"], "a $${ssm:/x}");
    assert_eq!(monitor_from_spec(monitor.id.clone(), spec, monitor.origin.clone()).as_ref(), Ok(monitor));
    let secret = errors("headers: {x-api-key: 'k9-Qm2x7Tz81$${x}'}");
    assert_eq!(places(&secret), [(Code::LiteralCredential, 3, 23)]);
}

#[test]
fn an_undefined_variable_is_an_error_at_its_place_with_the_next_step() {
    for (text, column, help) in [
        ("name: ${var:domian}", 7, "did you mean `domain`?"),
        ("name: 'to ${var:domian} and'", 11, "did you mean `domain`?"),
        (
            "expect: {json: [{path: $.a, equals: [1, '${var:zzz}']}]}",
            42,
            "set it in monitorctl.yaml: `vars: { zzz: VALUE }`",
        ),
        ("tags: [a, '${var:none']", 12, "write `${var:name}`"),
        (
            "interval: ${var:Not One}",
            11,
            "the name of a variable has 1 to 64 characters of a-z, 0-9, '_' and '-'",
        ),
        (
            "redirects: ${var:only-here}",
            12,
            "`environments.staging.vars.only-here` (monitorctl.yaml:11) is of another environment; set it in `environments.prod.vars` or in `vars`",
        ),
    ] {
        let found = errors(text);
        assert_eq!(places(&found), [(Code::UndefinedVariable, 3, column)], "{text} {found:#?}");
        assert_eq!(found[0].help.as_deref(), Some(help), "{text}");
    }
    let both = errors("name: ${var:one} ${var:two}");
    assert_eq!(places(&both), [(Code::UndefinedVariable, 3, 7), (Code::UndefinedVariable, 3, 18)]);
    // Without settings, no value is known.
    let alone = load_catalog(&[file("a.yaml", &monitor("name: ${var:domain}"))], Definitions::default());
    assert_eq!(places(&alone.diagnostics), [(Code::UndefinedVariable, 3, 7)]);
    // A reference of an unknown kind is none of ours, and a key has no variable.
    assert_eq!(places(&errors("name: ${vars:domain}")), [(Code::MisplacedReference, 3, 7)]);
    for key in
        ["headers: {'${var:domain}': x}", "${var:domain}: x", "method: POST\njson: {'${var:domain}': 1}"]
    {
        let found = errors(key);
        assert_eq!(found.len(), 1, "{key} {found:#?}");
        assert_eq!(found[0].code, Code::MisplacedReference, "{key}");
    }
}

#[test]
fn a_value_that_is_invalid_through_a_variable_names_it_and_where_it_is_set() {
    for (text, code, words) in [
        (
            "interval: ${var:slow}",
            Code::BadFormat,
            "write `slow: 5m`; `vars.slow` is set in monitorctl.yaml:6",
        ),
        ("redirects: ${var:on}", Code::WrongType, "`vars.on` is set in monitorctl.yaml:4"),
        ("timeout: ${var:status}", Code::WrongType, "`vars.status` is set in monitorctl.yaml:3"),
        ("team: ${var:status}", Code::WrongType, "quote the value of the variable: `status: \"…\"`"),
        ("method: ${var:domain}", Code::UnknownValue, "`vars.domain` is set in monitorctl.yaml:2"),
        ("name: ${var:token}", Code::MisplacedReference, "`vars.token` is set in monitorctl.yaml:7"),
        (
            "expect: {latency: {degraded: 5s, down: '${var:word}ms'}}",
            Code::Contradiction,
            "`vars.word` is set in monitorctl.yaml:5",
        ),
    ] {
        let found = errors(text);
        assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), [code], "{text} {found:#?}");
        let help = found[0].help.clone().unwrap_or_default();
        assert!(help.contains(words), "{text}: {help}");
        assert_eq!((found[0].file.as_str(), found[0].span.line), ("a.yaml", 3), "{text}");
    }
    let of_defaults = loaded_in(
        "prod",
        &[("defaults.yaml", "interval: ${var:slow}\n"), ("a.yaml", "id: a\nurl: https://a\n")],
    );
    let [found] = of_defaults.diagnostics.as_slice() else { panic!("{:#?}", of_defaults.diagnostics) };
    assert_eq!((found.file.as_str(), found.span.line), ("defaults.yaml", 1));
    assert!(found.help.as_deref().unwrap_or_default().contains("`vars.slow` is set in monitorctl.yaml:6"));
}

#[test]
fn a_value_from_variables_says_where_each_is_set() {
    let text =
        "id: a\nurl: https://${var:domain}/v${var:version}\nexpect: {status: '${var:status}'}\ntimeout: 5s\n";
    let loaded =
        loaded_in("staging", &[("defaults.yaml", "tags: ['${var:word}']\nteam: x\n"), ("a.yaml", text)]);
    let sources = loaded.monitors[0].inherited.iter().map(|one| {
        let sources: Vec<_> = one.sources.iter().map(ToString::to_string).collect();
        format!("{}: {}", one.path, sources.join("; "))
    });
    assert_eq!(
        sources.collect::<Vec<_>>(),
        [
            "expect.status: monitorctl.yaml:3, vars.status",
            "tags: monitorctl.yaml:5, vars.word; defaults.yaml:1",
            "team: defaults.yaml:2",
            "url: monitorctl.yaml:11, environments.staging.vars.domain; monitorctl.yaml:8, vars.version",
        ]
    );
}

#[test]
fn a_variable_holds_one_value_and_no_other_variable() {
    let token = format!("ghp_{}", "x".repeat(36));
    for (text, expected) in [
        ("vars: {a: '${var:b}', b: x}\n", vec![(Code::MisplacedReference, 1, 11)]),
        ("environments: {e: {vars: {a: 'x${var:b}'}}}\n", vec![(Code::MisplacedReference, 1, 30)]),
        ("vars: {a: [1]}\n", vec![(Code::WrongType, 1, 11)]),
        ("vars: {a: {b: 1}}\n", vec![(Code::WrongType, 1, 11)]),
        ("vars:\n  a:\n", vec![(Code::WrongType, 2, 4)]),
        ("vars: [a]\n", vec![(Code::WrongType, 1, 7)]),
        ("vars: {A B: x}\n", vec![(Code::BadFormat, 1, 8)]),
        ("vars: {a: '${foo:b}'}\n", vec![(Code::InvalidSecret, 1, 11)]),
        ("vars: {a: '${env:AWS_SECRET_ACCESS_KEY}'}\n", vec![(Code::ReservedSecret, 1, 12)]),
        ("vars: {a: 007, b: no}\n", vec![(Code::AmbiguousScalar, 1, 11), (Code::AmbiguousScalar, 1, 19)]),
        ("vars: {db-password: hunter22}\n", vec![(Code::LiteralCredential, 1, 21)]),
        (&format!("environments: {{e: {{vars: {{a: {token}}}}}}}\n"), vec![(Code::LiteralCredential, 1, 30)]),
        ("tables: {config: '${var:a}_monitors'}\n", vec![(Code::MisplacedReference, 1, 18)]),
        ("canaries: ['https://${var:a}/']\n", vec![(Code::MisplacedReference, 1, 12)]),
        ("vars: {a: '$${var:b}', b: '${env:X} ${ssm:/y}', c: null}\n", vec![(Code::WrongType, 1, 52)]),
    ] {
        assert_eq!(places(&settings(&file("monitorctl.yaml", text)).1), expected, "{text}");
    }
}

#[test]
fn a_fault_of_the_settings_is_not_said_again_in_every_monitor() {
    for text in [
        "vars: {a: [1]}\n",
        "vars: {a: '${var:b}'}\n",
        "vars: {a: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}\n",
        "vars: nothing\n",
        "owner: [\nvars: {b: 1}\n",
        "environments: {e: {vars: {a: 1}}}\nowners: x\n",
    ] {
        let variables = variables(text, None);
        let definitions = Definitions { channels: None, variables: Some(&variables) };
        let loaded = load_catalog(&[file("a.yaml", &monitor("name: x ${var:a}"))], definitions);
        assert_eq!((loaded.monitors.len(), loaded.diagnostics), (0, vec![]), "{text}");
    }
    let variables = variables("vars: {a: one}\nowners: x\n", None);
    let definitions = Definitions { channels: None, variables: Some(&variables) };
    let loaded = load_catalog(&[file("a.yaml", &monitor("name: ${var:a}"))], definitions);
    assert_eq!(
        loaded.monitors[0].monitor.name.as_deref(),
        Some("one"),
        "a fault elsewhere hides no variable"
    );
}

#[test]
fn a_value_neither_begins_nor_ends_a_reference_to_a_secret() {
    for (value, text, expected) in [
        ("live", "${ssm:/${var:a}/token}", None),
        ("live/eu-1_x.y", "${secretsmanager:${var:a}#key}", None),
        ("a b", "x ${var:a} ${env:A}", None),
        ("'x}'", "{${var:a}", None),
        ("'${ssm:/a}'", "Bearer ${var:a}", None),
        ("$", "costs 5${var:a}", None),
        ("'live}x'", "${ssm:/${var:a}/token}", Some((Code::InvalidSecret, 6, 16))),
        ("'$${x'", "${ssm:/${var:a}/token}", Some((Code::InvalidSecret, 6, 16))),
        ("st ag", "${ssm:/${var:a}/token}", Some((Code::InvalidSecret, 6, 8))),
        ("a", "${ssm:/st ag/token}", Some((Code::InvalidSecret, 6, 8))),
        ("$", "${var:a}{env:A}", Some((Code::InvalidSecret, 6, 8))),
        ("'${env:A'", "${var:a}}", None),
    ] {
        let variables = variables(&format!("vars: {{a: {value}}}\n"), None);
        let definitions = Definitions { channels: None, variables: Some(&variables) };
        let files = [file("a.yaml", &monitor(&format!("method: GET\nheaders:\n  x: a\n  x-y: \"{text}\"")))];
        let loaded = load_catalog(&files, definitions);
        assert_eq!(places(&loaded.diagnostics), expected.into_iter().collect::<Vec<_>>(), "{value} {text}");
    }
}

#[test]
fn a_variable_that_no_file_uses_is_a_warning_at_each_definition() {
    let settings = file("monitorctl.yaml", SETTINGS);
    let files = [file("a.yaml", "name: ${var:domain}${var:status} $${var:on}\n# ${var:word} ${var:slow}\n")];
    let found = unused_variables(&settings, &files);
    let said: Vec<_> = found.iter().map(|found| (found.span.line, found.message.as_str())).collect();
    assert_eq!(
        said,
        [
            (4, "no file uses the variable `on`"),
            (7, "no file uses the variable `token`"),
            (8, "no file uses the variable `version`"),
            (9, "no file uses the variable `scheme`"),
            (11, "no file uses the variable `only-here`"),
        ]
    );
    assert!(found.iter().all(|found| found.code == Code::UnusedVariable && !found.is_error()));
}

// 100,000 references to 8 KB would be 800 MB.
#[test]
fn the_variables_in_one_document_have_a_largest_size() {
    let variables = variables(&format!("vars: {{a: {}}}\n", "x".repeat(8192)), None);
    let definitions = Definitions { channels: None, variables: Some(&variables) };
    let found = |number: usize| {
        let body = "'${var:a}.'".to_owned() + &", '${var:a}.'".repeat(number - 1);
        let text = monitor(&format!("method: POST\njson: [{body}]"));
        let loaded = load_catalog(&[file("a.yaml", &text)], definitions);
        loaded.diagnostics.iter().filter(|found| found.message.contains("variables")).count()
    };
    assert_eq!((found(128), found(129)), (0, 1));
    assert_eq!(found(2000), 1, "it is said once");
}

#[test]
fn which_variables_changed_is_known_by_their_values() {
    let before = variables("vars: {a: 1, b: 2, gone: 3}\n", Some("prod"));
    let after = variables("vars: {b: 2, a: 5, new: 1}\nenvironments: {prod: {vars: {b: 3}}}\n", Some("prod"));
    let changed: Vec<_> = after.changed_from(&before).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(changed, ["vars.a", "environments.prod.vars.b", "vars.new"]);
    assert!(!after.has_values_of(&before));
    assert!(before.has_values_of(&variables("x-a: 1\nvars: {gone: 3, b: 2, a: 1}\n", None)));
    assert!(!before.has_values_of(&variables("vars: {gone: 3, b: 2, a: 1, more: 1}\n", None)));
}

#[test]
fn what_one_variable_does_to_many_monitors_is_said_once() {
    let monitors = |fields: &str| -> Vec<SourceFile> {
        let one = |i: usize| file(&format!("m{i}.yaml"), &format!("id: m{i}\nurl: https://a\n{fields}\n"));
        (0..4).map(one).collect()
    };
    for (settings, fields, expected) in [
        ("vars: {a: soon}\n", "interval: ${var:a}", vec!["(and in 3 more places)"]),
        ("vars: {a: 1m}\n", "interval: ${var:a}\ntimeout: 5s", vec!["(and in 3 more places)"]),
        ("vars: {b: 1m}\n", "interval: ${var:a}", vec!["(and in 3 more places)"]),
        ("vars: {a: soon, b: soon}\n", "interval: ${var:a}\ntimeout: ${var:b}", vec!["3 more", "3 more"]),
        // Without a variable, each place has its own fault.
        ("vars: {}\n", "interval: soon", vec!["", "", "", ""]),
    ] {
        let variables = variables(settings, None);
        let definitions = Definitions { channels: None, variables: Some(&variables) };
        let circumstances =
            Circumstances { period: std::time::Duration::from_mins(2), extent: Extent::Whole, offer: None };
        let found = load_with_lints(&monitors(fields), definitions, circumstances).diagnostics;
        assert_eq!(found.len() % 4, 0, "{fields}: {found:#?}");
        let said = folded(found);
        assert_eq!(said.len(), expected.len(), "{fields}: {said:#?}");
        for (said, expected) in said.iter().zip(expected) {
            assert!(said.message.contains(expected), "{fields}: {}", said.message);
        }
    }
}
