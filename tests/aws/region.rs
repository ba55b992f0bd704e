//! The wrong region, on an independent AWS: tables are of one region, and every other one has none of that name.

use crate::moto::REGION;
use crate::world::{Run, World};

/// Runs the program as if its machine were in another region.
fn elsewhere(world: &World, args: &[&str]) -> Run {
    let mut command = world.command(args);
    let output = command.env("AWS_REGION", "us-east-1").output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Run { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
}

#[test]
fn a_wrong_region_is_named_and_nothing_is_written_there() {
    assert_ne!(REGION, "us-east-1");
    let world = World::new();
    world.sync();
    for args in [
        &["status"] as &[_],
        &["check", "--all"],
        &["check", "--all", "--log", "json"],
        &["diff"],
        &["sync", "--yes"],
        &["explain", "shop"],
        &["pull", "--drift"],
        &["silence", "add", "shop", "--for", "1h", "--reason", "x"],
    ] {
        let run = elsewhere(&world, args);
        run.exits(1);
        let said = &run.stderr;
        let place = "does not exist in region us-east-1 of account 123456789012";
        assert_eq!(said.matches(place).count(), 1, "{args:?}: {said}");
        assert!(said.contains("check the region (AWS_REGION)"), "{args:?}: {said}");
        assert!(!said.contains("ResourceNotFound"), "{args:?}: {said}");
    }
    // It says which region is the right one, as far as it is known, and never makes tables in the wrong one.
    let doctor = elsewhere(&world, &["doctor"]);
    doctor.exits(1);
    assert_eq!(doctor.stdout.matches(&format!("export AWS_REGION={REGION}")).count(), 3, "{}", doctor.stdout);
    assert!(!doctor.stdout.contains("create-table"), "{}", doctor.stdout);
    world.run(&["status"]).exits(0);
}
