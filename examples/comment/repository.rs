//! A temporary repository of monitors, with the table that it is synced to.

use std::fs;
use std::process::Command;

use dynoxide::Database;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::stories::Story;
use super::{Failure, IS_MONITORCTL};

pub struct Repository {
    folder: TempDir,
}

impl Repository {
    /// The repository of a story after its change, and its plan in `comment.md`.
    pub fn play(story: &Story) -> Result<Self, Failure> {
        let repository = Self { folder: tempfile::Builder::new().prefix("monitorctl-comment-").tempdir()? };
        repository.write("monitorctl.yaml", "owner: shop/api-monitors\nenvironment: prod\n")?;
        repository.write(".gitignore", ".monitorctl/\ncomment.md\n")?;
        (story.before)(&repository)?;
        repository.git(&["init", "-q", "-b", "main"])?;
        repository.commit()?;
        repository.monitorctl(&["sync", "--yes"])?;
        repository.git(&["checkout", "-q", "-b", "change"])?;
        (story.after)(&repository)?;
        repository.commit()?;
        repository.monitorctl(&["diff", "--base", "main", "-o", "markdown=comment.md"])?;
        Ok(repository)
    }

    pub fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        Ok(fs::write(path, text)?)
    }

    pub fn read(&self, path: &str) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join(path))?)
    }

    pub fn remove(&self, path: &str) -> Result<(), Failure> {
        Ok(fs::remove_file(self.folder.path().join(path))?)
    }

    /// Sets one field of a stored monitor, as a person does in the console of the table.
    pub fn edit(&self, id: &str, field: &str, value: &str) -> Result<(), Failure> {
        let store = self.folder.path().join(".monitorctl/store.db");
        let database = Database::new(&store.to_string_lossy())?;
        let update: Value = json!({
            "TableName": "api_health_configs",
            "Key": {"shard": {"S": "0"}, "monitor": {"S": id}},
            "UpdateExpression": "SET spec.#field = :value",
            "ExpressionAttributeNames": {"#field": field},
            "ExpressionAttributeValues": {":value": {"S": value}},
        });
        database.update_item(serde_json::from_value(update)?)?;
        Ok(())
    }

    /// The plan in colour.
    pub fn text(&self) -> Result<String, Failure> {
        self.monitorctl(&["diff", "--base", "main"])
    }

    fn commit(&self) -> Result<(), Failure> {
        self.git(&["add", "-A"])?;
        self.git(&[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "x",
        ])
    }

    fn git(&self, args: &[&str]) -> Result<(), Failure> {
        let ended = Command::new("git").args(args).current_dir(self.folder.path()).status()?;
        if ended.success() { Ok(()) } else { Err(format!("git {args:?} failed").into()) }
    }

    /// What a command prints. A plan that is refused is a picture, too.
    fn monitorctl(&self, args: &[&str]) -> Result<String, Failure> {
        const REFUSED: i32 = 5;
        let ended = Command::new(std::env::current_exe()?)
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("MONITORCTL_STORE", "embedded:.monitorctl/store.db")
            .env("CLICOLOR_FORCE", "1")
            .env(IS_MONITORCTL, "1")
            .output()?;
        if ended.status.success() || ended.status.code() == Some(REFUSED) {
            return Ok(String::from_utf8(ended.stdout)?);
        }
        Err(format!("monitorctl {args:?}: {}", String::from_utf8_lossy(&ended.stderr)).into())
    }
}
