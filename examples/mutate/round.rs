//! One round: mutants to files, through `validate`, `sync` and `diff`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::mutation::{Document, mutant};
use super::program::{Ended, run};

/// Mutants of one round.
const MUTANTS: usize = 300;

const STORE: &str = "embedded:store.db";

/// What a round gave.
pub struct Outcome {
    pub mutants: usize,
    pub accepted: usize,
    /// Accepted files that did not come back equal, with what was said of them.
    pub findings: Vec<String>,
}

pub fn play(documents: &[Document], seed: u64) -> io::Result<Outcome> {
    let folder = tempfile::Builder::new().prefix("monitorctl-mutate-").tempdir()?;
    let folder = folder.path();
    let mut random = fastrand::Rng::with_seed(seed);
    fs::create_dir(folder.join("monitors"))?;
    fs::write(folder.join("monitorctl.yaml"), "owner: acme/mutants\n")?;
    for number in 0..MUTANTS {
        fs::write(folder.join(name(number)), mutant(documents, number, &mut random))?;
    }
    let mut findings = Vec::new();
    let Some(accepted) = sift(folder, &mut findings)? else {
        return Ok(Outcome { mutants: MUTANTS, accepted: 0, findings });
    };
    if accepted > 0 {
        through_the_table(folder, &mut findings)?;
    }
    Ok(Outcome { mutants: MUTANTS, accepted, findings })
}

fn name(number: usize) -> String {
    format!("monitors/m{number:04}.yaml")
}

/// Removes the files that are refused, until `validate` accepts the rest; gives how many that are.
fn sift(folder: &Path, findings: &mut Vec<String>) -> io::Result<Option<usize>> {
    // One that goes may be what another depends on.
    for _ in 0..10 {
        let left = fs::read_dir(folder.join("monitors"))?.count();
        if left == 0 {
            return Ok(Some(0));
        }
        let ended = run(folder, &["validate", "monitors", "--format", "json"])?;
        if ended.code == Some(0) {
            return Ok(Some(left));
        }
        let refused = refused(&ended.stdout);
        if ended.code != Some(3) || refused.is_empty() {
            findings.push(said("validate", &ended));
            return Ok(None);
        }
        for path in refused {
            fs::remove_file(folder.join(path))?;
        }
    }
    findings.push("validate finds something new after ten rounds of removing what it refuses".to_owned());
    Ok(None)
}

/// The files that have an error.
fn refused(report: &str) -> BTreeSet<String> {
    let report: Value = serde_json::from_str(report).unwrap_or_default();
    let diagnostics = report["diagnostics"].as_array().cloned().unwrap_or_default();
    let errors = diagnostics.iter().filter(|found| found["severity"] == "error");
    errors.filter_map(|found| found["file"].as_str().map(str::to_owned)).collect()
}

fn through_the_table(folder: &Path, findings: &mut Vec<String>) -> io::Result<()> {
    let synced = run(folder, &["sync", "monitors", "--store", STORE, "--yes"])?;
    if synced.code != Some(0) {
        findings.push(said("sync", &synced));
    }
    let compared = run(folder, &["diff", "monitors", "--store", STORE, "--exit-code", "--full"])?;
    if compared.code != Some(0) {
        findings.push(said("diff", &compared));
        findings.push(files(folder, &compared.stdout)?);
    }
    Ok(())
}

/// The texts of the files that a plan speaks of.
fn files(folder: &Path, plan: &str) -> io::Result<String> {
    let mut texts = String::new();
    for entry in fs::read_dir(folder.join("monitors"))? {
        let path = entry?.path();
        let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if plan.contains(id) {
            texts.extend([format!("# {id}\n{}\n", String::from_utf8_lossy(&fs::read(&path)?))]);
        }
    }
    Ok(texts)
}

fn said(command: &str, ended: &Ended) -> String {
    let Ended { code, stdout, stderr } = ended;
    format!("{command} ended with {code:?}\n{stdout}\n{stderr}")
}
