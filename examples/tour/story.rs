//! The story, in its order.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::api::Api;
use super::files;
use super::scene::{Failure, Scene};

/// Between two checks. Cron waits two minutes; a visitor does not.
const BETWEEN_CHECKS: Duration = Duration::from_millis(1_200);

/// The exit code of invalid files, and of `--exit-code` when a monitor is not UP.
const INVALID: i32 = 3;
const NOT_UP: i32 = 20;

/// In a temporary folder, or in one that stays.
pub fn narrate(folder: Option<&Path>) -> Result<(), Failure> {
    let begun = Instant::now();
    let api = Api::start()?;
    let mut scene = match folder {
        Some(folder) => Scene::open_in(folder)?,
        None => Scene::open()?,
    };
    scene.say(&format!(
        "A small shop runs on http://{}: a front page, payments and a search. All is well.\n\
         Soon its database will break. First, let us monitor it.",
        api.address
    ));
    repository(&mut scene, &api)?;
    review(&mut scene, &api)?;
    table(&mut scene)?;
    outage(&mut scene, &api)?;
    repair(&mut scene, &api)?;
    past(&mut scene)?;
    if folder.is_some() {
        let open = scene.folder().join("public/index.html");
        scene.say(&format!("The folder stays. Open the page: {}", open.display()));
    }
    scene.say(&format!(
        "That was monitorctl, in {:.0} seconds: {}\n\
         Next: run `monitorctl init` in a repository of your own. The README continues from there.",
        begun.elapsed().as_secs_f64(),
        "files in git, one command for CI, one for cron."
    ));
    Ok(())
}

fn repository(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("Monitors are files");
    scene.run("init", 0)?;
    scene.say("`init` found no git remote, so we write the owner into monitorctl.yaml.");
    scene.write("monitorctl.yaml", files::SETTINGS)?;
    scene.say("Three monitors replace the example. This is one of them, complete:");
    scene.remove("monitors/example.yaml")?;
    scene.write("monitors/shop.yaml", &files::shop(api.address))?;
    scene.write("monitors/payments.yaml", &files::payments(api.address))?;
    scene.write("monitors/search.yaml", &files::search_with_slips(api.address))?;
    scene.show("monitors/payments.yaml")?;
    Ok(())
}

fn review(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("A pull request finds a typing error");
    scene.say("search.yaml has two typing errors. CI runs `validate`, which reports every fault at once:");
    scene.run("validate", INVALID)?;
    scene.say("We fix both:");
    scene.write("monitors/search.yaml", &files::search(api.address))?;
    scene.run("validate", 0)
}

fn table(scene: &mut Scene) -> Result<(), Failure> {
    scene.chapter("A merge applies the monitors");
    scene.say("In production, `sync` writes the monitors to DynamoDB. Here a file takes its place:");
    scene.export("MONITORCTL_STORE", "embedded:.monitorctl/store.db");
    scene.say("The file is empty. In the pull request, `diff` shows the effect of the merge:");
    scene.run("diff", 0)?;
    scene.say("After the merge, CI applies it:");
    scene.run("sync --yes", 0)?;
    scene.say("A second sync finds no changes, and writes nothing:");
    scene.run("sync --yes", 0)?;
    scene.say("From now on cron runs `check` every two minutes. `--all` probes every monitor now:");
    scene.run("check --all", 0)
}

fn outage(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("The database breaks");
    api.break_down();
    scene.say(
        "Payments answer 503, and the search is slow. One bad answer may be chance, so there is no alert yet.",
    );
    scene.run("check --all", 0)?;
    thread::sleep(BETWEEN_CHECKS);
    scene.say("The second failure in a row is an outage. One alert goes out (by SNS in production):");
    scene.run("check --all", 0)?;
    thread::sleep(BETWEEN_CHECKS);
    scene.say("It is still down, and the alert was delivered. No second message:");
    scene.run("check --all", 0)?;
    scene.say("`status` shows the health to people, and to scripts by its exit code:");
    scene.run("status --exit-code", NOT_UP)
}

fn repair(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("The database is back");
    api.repair();
    thread::sleep(BETWEEN_CHECKS);
    scene.say("One good answer closes the incident, and the message gives its duration:");
    scene.run("check --all", 0)?;
    scene.run("status --exit-code", 0)
}

fn past(scene: &mut Scene) -> Result<(), Failure> {
    scene.chapter("What was it like?");
    scene.say("Every result is kept. `history` shows the outage to the team:");
    scene.run("history payments --since 1h", 0)?;
    scene.say("Customers get a page. A few lines say what it is made of:");
    scene.write("status.yaml", files::STATUS_PAGE)?;
    scene.show("status.yaml")?;
    scene.run("page --out public", 0)
}
