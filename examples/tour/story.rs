//! The story, in the order in which it is told.

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

pub fn narrate() -> Result<(), Failure> {
    let begun = Instant::now();
    let api = Api::start()?;
    let mut scene = Scene::open()?;
    scene.say(&format!(
        "A small shop runs on http://{}: its front, its payments, its search. All is well.\n\
         In a minute its database will break. First, let us watch it.",
        api.address
    ));
    repository(&mut scene, &api)?;
    review(&mut scene, &api)?;
    table(&mut scene)?;
    outage(&mut scene, &api)?;
    repair(&mut scene, &api)?;
    scene.say(&format!(
        "That was monitorctl, in {:.0} seconds: {}\n\
         Next: `monitorctl init` in a repository of your own; the README goes on from there.",
        begun.elapsed().as_secs_f64(),
        "files in git, one command for CI, one for cron."
    ));
    Ok(())
}

fn repository(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("Monitors are files");
    scene.run("init", 0)?;
    scene.say("`init` found no git remote, so we write whose monitors these are into monitorctl.yaml.");
    scene.write("monitorctl.yaml", files::SETTINGS)?;
    scene.say("The example makes room for three monitors. This is one of them, complete:");
    scene.remove("monitors/example.yaml")?;
    scene.write("monitors/shop.yaml", &files::shop(api.address))?;
    scene.write("monitors/payments.yaml", &files::payments(api.address))?;
    scene.write("monitors/search.yaml", &files::search_with_slips(api.address))?;
    scene.show("monitors/payments.yaml")?;
    Ok(())
}

fn review(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("A typing error does not get past the pull request");
    scene.say("search.yaml was written in a hurry. CI runs `validate`, which reports every fault at once:");
    scene.run("validate", INVALID)?;
    scene.say("Both are fixed:");
    scene.write("monitors/search.yaml", &files::search(api.address))?;
    scene.run("validate", 0)
}

fn table(scene: &mut Scene) -> Result<(), Failure> {
    scene.chapter("What is merged is what is watched");
    scene.say("In production the monitors are synced into DynamoDB. Here a file takes its place:");
    scene.export("MONITORCTL_STORE", "embedded:.monitorctl/store.db");
    scene.say("It is still empty. `diff` shows in the pull request what the merge will do to it:");
    scene.run("diff", 0)?;
    scene.say("After the merge, CI applies it:");
    scene.run("sync --yes", 0)?;
    scene.say("The same again finds nothing to do, and writes nothing:");
    scene.run("sync --yes", 0)?;
    scene.say("From now on cron runs `check` every two minutes. `--all` does not wait for a monitor's turn:");
    scene.run("check --all", 0)
}

fn outage(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("The database breaks");
    api.break_down();
    scene.say(
        "Payments answer 503, the search takes its time. One bad answer may be chance: nobody is woken yet.",
    );
    scene.run("check --all", 0)?;
    thread::sleep(BETWEEN_CHECKS);
    scene.say("The second in a row is an outage. One message goes out (by SNS in production):");
    scene.run("check --all", 0)?;
    thread::sleep(BETWEEN_CHECKS);
    scene.say("It is still down, but everybody knows. No second message:");
    scene.run("check --all", 0)?;
    scene.say("How things are, for people and, with its exit code, for scripts:");
    scene.run("status --exit-code", NOT_UP)
}

fn repair(scene: &mut Scene, api: &Api) -> Result<(), Failure> {
    scene.chapter("The database is back");
    api.repair();
    thread::sleep(BETWEEN_CHECKS);
    scene.say("One good answer closes the incident, and the message says how long it was:");
    scene.run("check --all", 0)?;
    scene.run("status --exit-code", 0)
}
