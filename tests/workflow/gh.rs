//! The program `gh`, as far as the workflow calls it: a script on PATH hands its arguments to this process, which answers
//! from the state of a GitHub that there is not.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};
use serde_json::{Value, json};

/// Characters that GitHub takes as a comment.
const LONGEST_COMMENT: usize = 65_536;

/// The repository.
pub const REPOSITORY: &str = "acme/monitors";

/// What GitHub knows beside git.
#[derive(Debug, Default)]
pub struct State {
    pub pulls: Vec<Value>,
    pub runs: Vec<Value>,
    pub comments: Vec<Comment>,
}

#[derive(Debug, Clone)]
pub struct Comment {
    pub id: usize,
    pub number: u64,
    pub login: String,
    pub body: String,
}

/// Puts `gh` into a folder of programs. Artifacts lie in `artifacts/RUN/NAME`.
pub fn serve(programs: &Path, artifacts: PathBuf, state: Arc<Mutex<State>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let script = format!(
        "#!/usr/bin/env bash\nexec 3<>/dev/tcp/127.0.0.1/{port}\nprintf '%s\\0' \"$#\" \"$@\" >&3\n\
         IFS= read -r code <&3\ncat <&3\nexit \"$code\"\n"
    );
    super::write_program(&programs.join("gh"), &script);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a call");
            let arguments = arguments(&stream);
            let answer = answer(&arguments, &artifacts, &mut state.lock().expect("one at a time"));
            let (code, text) = answer.map_or_else(|why| (1, format!("gh: {why}\n")), |text| (0, text));
            write!(&stream, "{code}\n{text}").expect("an answer");
        }
    });
}

fn arguments(stream: &TcpStream) -> Vec<String> {
    let mut bytes = BufReader::new(stream).bytes();
    let mut word = || {
        let bytes = bytes.by_ref().map(|byte| byte.expect("a byte")).take_while(|byte| *byte != 0);
        String::from_utf8(bytes.collect()).expect("UTF-8")
    };
    let number: usize = word().parse().expect("a number");
    (0..number).map(|_| word()).collect()
}

/// What a call prints, or why it fails.
fn answer(arguments: &[String], artifacts: &Path, state: &mut State) -> Result<String, String> {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    if let ["run", "download", run, "--repo", REPOSITORY, "--name", name, "--dir", folder] = *words {
        return download(&artifacts.join(run).join(name), Path::new(folder));
    }
    let ["api", rest @ ..] = words.as_slice() else { return Err(format!("unknown command {words:?}")) };
    let (mut method, mut filter, mut body, mut path) = ("GET", None, None, None);
    let mut rest = rest.iter().copied();
    while let Some(word) = rest.next() {
        match word {
            "--paginate" | "--silent" => {}
            "--method" => method = rest.next().expect("a method"),
            "--jq" => filter = rest.next(),
            "--field" => {
                let file = rest.next().and_then(|field| field.strip_prefix("body=@")).expect("a body");
                body = Some(fs::read_to_string(file).expect("a file"));
            }
            word => path = Some(word),
        }
    }
    let found = called(method, path.expect("a path"), body, state)?;
    Ok(filter.map_or_else(|| found.to_string(), |filter| filtered(filter, &found)))
}

fn download(artifact: &Path, folder: &Path) -> Result<String, String> {
    let files = fs::read_dir(artifact).map_err(|_| "no valid artifacts found to download".to_owned())?;
    fs::create_dir_all(folder).expect("a folder");
    for file in files {
        let file = file.expect("a file");
        fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
    }
    Ok(String::new())
}

fn called(method: &str, path: &str, body: Option<String>, state: &mut State) -> Result<Value, String> {
    let path = path.strip_prefix("repos/acme/monitors/").ok_or("HTTP 404: another repository")?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<_> = path.split('/').collect();
    if body.as_ref().is_some_and(|body| body.chars().count() > LONGEST_COMMENT) {
        return Err("HTTP 422: body is too long".to_owned());
    }
    match (method, parts.as_slice(), body) {
        ("GET", ["issues", number, "comments"], None) => {
            let of_issue = |comment: &&Comment| comment.number.to_string() == *number;
            let shown = |comment: &Comment| json!({"id": comment.id, "user": {"login": comment.login}, "body": comment.body});
            Ok(state.comments.iter().filter(of_issue).map(shown).collect())
        }
        ("POST", ["issues", number, "comments"], Some(body)) => {
            let number = number.parse().expect("a number");
            let (id, login) = (state.comments.len() + 1, "github-actions[bot]".to_owned());
            state.comments.push(Comment { id, number, login, body });
            Ok(Value::Null)
        }
        ("PATCH", ["issues", "comments", id], Some(body)) => {
            let comment = state.comments.iter_mut().find(|comment| comment.id.to_string() == *id);
            comment.ok_or("HTTP 404: no such comment")?.body = body;
            Ok(Value::Null)
        }
        // GitHub lists those that have the commit, merged or not.
        ("GET", ["commits", _, "pulls"], None) => Ok(state.pulls.iter().cloned().collect()),
        ("GET", ["actions", "runs"], None) => {
            let asked = |name: &str, run: &Value| {
                let value = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
                value.is_none_or(|value| run[name] == value)
            };
            let is_asked = |run: &&Value| asked("event", run) && asked("head_sha", run);
            Ok(json!({"workflow_runs": state.runs.iter().filter(is_asked).collect::<Vec<_>>()}))
        }
        other => Err(format!("HTTP 404: {other:?}")),
    }
}

/// A line for each value that a filter of jq gives; texts without quotes.
fn filtered(filter: &str, input: &Value) -> String {
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let modules = Loader::new(definitions).load(&arena, File { code: filter, path: () });
    let modules = modules.unwrap_or_else(|_| panic!("no filter: {filter}"));
    let compiled = Compiler::default().with_funs(functions).compile(modules);
    let compiled = compiled.unwrap_or_else(|_| panic!("no filter: {filter}"));
    let input = read::parse_single(input.to_string().as_bytes()).expect("JSON");
    let context = Ctx::<data::JustLut<Val>>::new(&compiled.lut, Vars::new([]));
    let values = compiled.id.run((context, input)).map(unwrap_valr);
    let line = |value: Val| {
        let value: Value = serde_json::from_str(&value.to_string()).expect("JSON");
        value.as_str().map_or_else(|| value.to_string(), str::to_owned) + "\n"
    };
    values.map(|value| line(value.unwrap_or_else(|error| panic!("{filter}: {error}")))).collect()
}
