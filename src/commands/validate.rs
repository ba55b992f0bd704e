//! `validate`: every fault of every file in one run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::channel_samples;
use super::context::listed_offer;
use super::failure::Failure;
use super::settings::SETTINGS_FILE;
use super::status_pages::{StatusPages, is_beside_monitors, is_of_pages};
use super::terminal::Terminal;
use super::top_of_git::TopOfGit;
use super::unreadable::cannot_read;
use crate::cli::{DiagnosticFormat, Global, Validate};
use crate::config::{
    self, Changes, Circumstances, Code, Definitions, Diagnostic, DiagnosticSeverity, Extent, FolderPattern,
    FolderPatterns, Loaded, NotifiedNames, Related, Settings, SourceFile, TextSpan, is_defaults,
};
use crate::exit::Exit;
use crate::monitor::{count, is_or_are};
use crate::report::{self, Summary};
use crate::source::{self, Found, Repository, SourceError};

pub fn validate(global: &Global, terminal: Terminal, args: &Validate) -> Result<Exit, Failure> {
    let in_repository = reads_files(&args.paths);
    let settings_file = if in_repository { source::read_optional(Path::new(SETTINGS_FILE))? } else { None };
    let (settings, mut diagnostics) = settings_file.as_ref().map(config::settings).unwrap_or_default();
    let environments = environments(global, args, &settings)?;
    if in_repository && !environments.is_empty() {
        terminal.say(&format!("env {}", environments.join(", ")));
    }
    let offer = listed_offer()?;
    let names: Vec<_> = environments.iter().map(|name| Some(name.as_str())).collect();
    let names = if names.is_empty() { vec![None] } else { names };
    let has_faulty_settings = diagnostics.iter().any(Diagnostic::is_error);
    let read = read_all(args, &settings, &names, has_faulty_settings)?;
    let pages = if in_repository { pages(args, &settings) } else { StatusPages::default() };
    let load = |ReadFiles { environment, folders, found }: &ReadFiles<'_>| {
        // What is wrong elsewhere in the settings hides no channel that they do not define.
        let chosen = in_repository.then(|| settings.clone().of_environment(*environment).ok()).flatten();
        let channels = match &settings_file {
            Some(file) if has_faulty_settings => config::known_channels(file, *environment),
            Some(_) | None => chosen.as_ref().map(|settings| settings.channels.clone()),
        };
        let extent = extent(args, folders.as_ref());
        let circumstances = Circumstances { period: args.period, extent, offer: offer.as_ref() };
        let variables = in_repository.then(|| settings.vars.clone().in_environment(*environment));
        let definitions = Definitions { channels: channels.as_ref(), variables: variables.as_ref() };
        let mut loaded = config::load_with_lints(&found.files, definitions, circumstances);
        let unread = found.unreadable.iter().map(|(path, error)| {
            let listed = settings_file.as_ref().and_then(|file| at_entry(file, *environment, error));
            listed.unwrap_or_else(|| cannot_read(path.clone(), error))
        });
        loaded.diagnostics.extend(unread);
        let unmatched =
            settings_file.iter().map(|file| config::unmatched_folders(file, *environment, &found.unmatched));
        loaded.diagnostics.extend(unmatched.flatten());
        let asks_for_monitors =
            args.paths.is_empty() || !args.paths.iter().all(|path| is_beside_monitors(path));
        let is_empty = found.unreadable.is_empty() && found.files.iter().all(|file| is_defaults(&file.path));
        if asks_for_monitors && is_empty {
            let folders = folders.clone().unwrap_or_default().to_string();
            let asked = args.paths.first().map_or(folders, |path| path.display().to_string());
            loaded.diagnostics.push(empty_catalog(&asked));
        }
        let (of_pages, of_notices) = pages.load(&loaded, extent);
        loaded.diagnostics.extend(of_pages.diagnostics);
        loaded.diagnostics.extend(of_notices.diagnostics);
        let mut names = BTreeSet::new();
        if let (Some(file), Some(settings), false) = (&settings_file, &chosen, has_faulty_settings) {
            loaded.diagnostics.extend(channel_samples::too_large(file, settings, &loaded));
            names = channel_samples::notified(settings, &loaded);
        }
        (loaded, names, (of_pages.pages.len(), of_notices.notices.len()))
    };
    let mut notified = NotifiedNames::new();
    let mut of_environments = Vec::new();
    let mut beside = (0, 0);
    for files in &read {
        let (loaded, names, of_pages) = load(files);
        beside = beside.max(of_pages);
        notified.insert(files.environment.map(str::to_owned), names);
        of_environments.push((files.environment, loaded));
    }
    let (monitors, found) = once(of_environments);
    diagnostics.extend(found);
    let has_unreadable = diagnostics.iter().any(|diagnostic| diagnostic.code == Code::Unreadable);
    // The folders of another environment may use what these do not.
    let has_all = args.all_environments || settings.environments.values().all(|one| one.folders.is_none());
    let is_whole = read.iter().all(|read| extent(args, read.folders.as_ref()) == Extent::Whole);
    let mut files: Vec<_> = read.into_iter().flat_map(|read| read.found.files).collect();
    if let Some(settings_file) = &settings_file
        && has_all
        && is_whole
        // Faulty settings may list no folder, or others than they mean.
        && !has_faulty_settings
        && !has_unreadable
    {
        diagnostics.extend(config::unused_variables(settings_file, &files));
    }
    // A monitor that is invalid may notify what no other one does.
    if let Some(settings_file) = &settings_file
        && is_whole
        && !diagnostics.iter().any(Diagnostic::is_error)
    {
        let is_every = args.all_environments || settings.environments.is_empty();
        let extent = if is_every { Extent::Whole } else { Extent::Part };
        diagnostics.extend(config::unused_channels(settings_file, &notified, extent));
    }
    diagnostics.sort();
    files.extend(settings_file);
    files.extend(pages.into_files());
    files.sort_by(|one, two| one.path.cmp(&two.path));
    files.dedup_by(|one, two| one.path == two.path);

    let (found, mut unchanged) = (diagnostics.clone(), Vec::new());
    if let Some(commit) = &args.changed_since {
        let changes = changes_since(commit, &args.paths, &files)?;
        (diagnostics, unchanged) =
            diagnostics.into_iter().partition(|diagnostic| changes.concern(diagnostic));
    }

    let diagnostics = config::folded(diagnostics);
    let summary = Summary::new(files.len(), monitors, &diagnostics);
    terminal.print(&match args.format {
        DiagnosticFormat::Text => report::diagnostics_text(&diagnostics, &found, &files, terminal.style()),
        DiagnosticFormat::Short => report::diagnostics_short(&diagnostics),
        DiagnosticFormat::Json => report::diagnostics_json(summary, &diagnostics),
        DiagnosticFormat::Github => report::diagnostics_github(&from_top(&diagnostics)),
        DiagnosticFormat::Sarif => report::diagnostics_sarif(&from_top(&diagnostics)),
    })?;
    terminal.say(&conclusion(summary, beside, &files));
    if !unchanged.is_empty() {
        let number = count(unchanged.len(), "problem");
        terminal.say(&format!("{number} in unchanged files: `monitorctl validate` shows them"));
    }
    let refused = if args.strict { summary.errors + summary.warnings } else { summary.errors };
    if summary.errors == 0 && refused > 0 {
        terminal.say("--strict treats warnings as errors");
    }
    Ok(match refused {
        _ if has_unreadable => Exit::Failed,
        0 => Exit::Done,
        _ => Exit::Invalid,
    })
}

/// The pages and notices, if the whole catalog is meant or one of them is named.
fn pages(args: &Validate, settings: &Settings) -> StatusPages {
    let is_whole = extent(args, settings.folders.as_ref()) == Extent::Whole;
    if is_whole || args.paths.iter().any(|path| is_of_pages(path)) {
        StatusPages::read()
    } else {
        StatusPages::default()
    }
}

fn extent(args: &Validate, folders: Option<&FolderPatterns>) -> Extent {
    let is_whole = |path: &PathBuf| matches!(source::is_whole(folders, path), Ok(true));
    if args.paths.is_empty() || args.paths.iter().any(is_whole) { Extent::Whole } else { Extent::Part }
}

/// The files as one environment has them.
struct ReadFiles<'a> {
    environment: Option<&'a str>,
    folders: Option<FolderPatterns>,
    found: Found,
}

/// The files of each environment. If the settings are invalid, files that are not where they seem to be are no error of
/// their own.
fn read_all<'a>(
    args: &Validate,
    settings: &Settings,
    environments: &[Option<&'a str>],
    settings_are_invalid: bool,
) -> Result<Vec<ReadFiles<'a>>, Failure> {
    let mut read = Vec::new();
    for environment in environments.iter().copied() {
        let folders = settings.clone().of_environment(environment).ok().and_then(|settings| settings.folders);
        let found = match source::read_paths(folders.as_ref(), &args.paths) {
            Ok(found) => found,
            Err(_) if settings_are_invalid => continue,
            Err(error) if environments.len() > 1 || error.listed().is_some() => {
                let mut found = Found::default();
                found.unreadable.push((SETTINGS_FILE.to_owned(), error));
                found
            }
            Err(error) => return Err(error.into()),
        };
        read.push(ReadFiles { environment, folders, found });
    }
    Ok(read)
}

/// The environments to validate in; none where the settings list none, or are not read.
fn environments(global: &Global, args: &Validate, settings: &Settings) -> Result<Vec<String>, Failure> {
    if !args.all_environments {
        let chosen = settings.clone().of_environment(global.environment.as_deref()).map_err(|error| {
            let all = "; `--all-environments` validates in each";
            let help = error.help() + all;
            Failure::of(Exit::Usage, &error).help(help)
        })?;
        return Ok(chosen.environment.into_iter().collect());
    }
    let listed: Vec<_> = settings.environments.keys().cloned().collect();
    if listed.is_empty() {
        let message = format!("{SETTINGS_FILE} lists no environments");
        return Err(Failure::new(Exit::Usage, message).help("validate without --all-environments"));
    }
    Ok(listed)
}

/// The most monitors that an environment has, and each diagnostic once. One that not all environments have says which
/// do.
fn once(loaded: Vec<(Option<&str>, Loaded)>) -> (usize, Vec<Diagnostic>) {
    let number = loaded.len();
    let monitors = loaded.iter().map(|(_, loaded)| loaded.monitors.len()).max().unwrap_or_default();
    // What helps may differ where the violation is the same.
    let mut found = BTreeMap::new();
    for (environment, loaded) in loaded {
        for diagnostic in loaded.diagnostics {
            let Diagnostic { file, span, code, message, .. } = diagnostic.clone();
            let (_, environments) =
                found.entry((file, span, code, message)).or_insert((diagnostic, Vec::new()));
            environments.extend(environment);
        }
    }
    let named = |(diagnostic, environments): (Diagnostic, Vec<&str>)| {
        if environments.is_empty() || environments.len() == number {
            return diagnostic;
        }
        let message = format!("{} (in {})", diagnostic.message, environments.join(", "));
        Diagnostic { message, ..diagnostic }
    };
    (monitors, found.into_values().map(named).collect())
}

/// With paths as GitHub takes them.
fn from_top(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let top = TopOfGit::look();
    let placed = |diagnostic: &Diagnostic| {
        let related = diagnostic.related.iter();
        let related = related.map(|other| Related { file: top.path(&other.file), ..other.clone() }).collect();
        Diagnostic { file: top.path(&diagnostic.file), related, ..diagnostic.clone() }
    };
    diagnostics.iter().map(placed).collect()
}

/// The same of a folder that is not there, where monitorctl.yaml lists it.
fn at_entry(settings: &SourceFile, environment: Option<&str>, error: &SourceError) -> Option<Diagnostic> {
    let pattern = FolderPattern::parse(error.listed()?);
    let Diagnostic { file, span, .. } = config::at_folder(settings, environment, pattern.as_ref());
    Some(Diagnostic { span, ..cannot_read(file, error) })
}

/// The files below `paths`, and the settings, that are not as they were at `commit`. Defaults above the paths hold in
/// them too, so the whole directory is asked about. git knows a link by its own text, so one to what changed counts as
/// changed here.
fn changes_since(commit: &str, paths: &[PathBuf], files: &[SourceFile]) -> Result<Changes, Failure> {
    if !reads_files(paths) {
        return Ok(Changes::new(Vec::new(), SETTINGS_FILE));
    }
    let mut changed = Repository::around(Path::new("."))?.changed_since(commit, &[Path::new(".")])?;
    let direct = Changes::new(changed.clone(), SETTINGS_FILE);
    let leads_to_change =
        |file: &&SourceFile| source::behind_links(&file.path).is_some_and(|target| direct.reach(&target));
    changed.extend(files.iter().filter(leads_to_change).map(|file| file.path.clone()));
    Ok(Changes::new(changed, SETTINGS_FILE))
}

/// What comes by standard input alone belongs to no repository, so neither do its settings.
fn reads_files(paths: &[PathBuf]) -> bool {
    paths.is_empty() || paths.iter().any(|path| path.as_os_str() != "-")
}

/// How many monitors are valid, and how many pages and notices beside them.
fn conclusion(summary: Summary, (pages, notices): (usize, usize), files: &[SourceFile]) -> String {
    let files = count(files.len(), "file");
    let warnings = match summary.warnings {
        0 => String::new(),
        number => format!(", {}", count(number, "warning")),
    };
    match summary.errors {
        0 => {
            let monitors = count(summary.monitors, "monitor");
            let beside: Vec<_> = [(pages, "status page"), (notices, "notice")]
                .into_iter()
                .filter(|(number, _)| *number > 0)
                .map(|(number, noun)| count(number, noun))
                .collect();
            let (valid, are) = match beside.as_slice() {
                [] => (monitors, is_or_are(summary.monitors)),
                [one] => (format!("{monitors} and {one}"), "are"),
                several => (format!("{monitors}, {}", several.join(" and ")), "are"),
            };
            format!("{valid} {are} valid{warnings} ({files} read)")
        }
        number => format!("{}{warnings} ({files} read)", count(number, "error")),
    }
}

/// No monitor at all is a mistake, and for sync the order to remove everything.
pub fn empty_catalog(folder: &str) -> Diagnostic {
    Diagnostic {
        file: folder.to_owned(),
        span: TextSpan { offset: 0, length: 0, line: 1, column: 1, end_line: 1, end_column: 1 },
        severity: DiagnosticSeverity::Error,
        code: Code::EmptyCatalog,
        message: "no monitor files found".to_owned(),
        label: String::new(),
        help: Some("`monitorctl init` writes an example; or name the folder of the monitors".to_owned()),
        related: Vec::new(),
        variables: Vec::new(),
    }
}
