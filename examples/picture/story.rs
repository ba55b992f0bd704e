//! What the picture shows: an outage of one API, from the first failure to the alert.

use std::thread;
use std::time::Duration;

use super::api::Api;
use super::files;
use super::scene::{Failure, Scene};

/// The exit code of `--exit-code` when a monitor is not UP.
const NOT_UP: i32 = 20;

pub fn play() -> Result<(), Failure> {
    let api = Api::start()?;
    let mut scene = Scene::open()?;
    scene.prepare("init", 0)?;
    scene.set("MONITORCTL_STORE", "embedded:.monitorctl/store.db");
    scene.write("monitorctl.yaml", files::SETTINGS)?;
    scene.write("monitors/example.yaml", &files::shop(api.address))?;
    scene.write("monitors/search.yaml", &files::search(api.address))?;
    scene.write("monitors/payments.yaml", &files::payments(api.address))?;
    scene.show("monitors/payments.yaml")?;
    scene.prepare("sync --yes", 0)?;
    scene.prepare("check --all", 0)?;
    api.break_down();
    scene.prepare("check --all", 0)?;
    thread::sleep(Duration::from_millis(1_200));
    scene.run("check --all", 0)?;
    scene.run("status --exit-code", NOT_UP)
}
