//! A status page in a bucket.

use monitorctl::status_page::{
    Bucket, BucketPlace, Clock, MANIFEST, PRIVATE_MARK, PageFile, PageIdentity, PublishError, Published,
    S3Signer, Visibility, publish,
};
use serde_json::{Value, json};

use crate::moto::{Moto, REGION};
use crate::world::World;

fn file(path: &str, media_type: &'static str, content: &str) -> PageFile {
    PageFile { path: path.to_owned(), media_type, content: content.to_owned() }
}

fn published(moto: &Moto, place: &str, files: &[PageFile]) -> Result<Published, PublishError> {
    published_for(Visibility::Public, moto, place, files)
}

fn published_for(
    visibility: Visibility,
    moto: &Moto,
    place: &str,
    files: &[PageFile],
) -> Result<Published, PublishError> {
    let signer = S3Signer::of_keys("test", "test", REGION, moto.endpoint());
    let place = BucketPlace::parse(place).expect("a place");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let bucket = Bucket::signed_by(place, signer, Clock::system())?;
        publish(&bucket, PageIdentity { id: "public", visibility }, files).await
    })
}

fn make(moto: &Moto, bucket: &str) {
    let place = json!({"LocationConstraint": REGION});
    moto.call("s3", "create_bucket", &json!({"Bucket": bucket, "CreateBucketConfiguration": place}));
}

fn keys(moto: &Moto, bucket: &str) -> Vec<String> {
    let listed = moto.call("s3", "list_objects_v2", &json!({"Bucket": bucket}));
    let objects = listed["Contents"].as_array().expect("objects").iter();
    objects.map(|object| object["Key"].as_str().expect("a key").to_owned()).collect()
}

/// What S3 says of an object.
fn head(moto: &Moto, bucket: &str, key: &str) -> Value {
    moto.call("s3", "head_object", &json!({"Bucket": bucket, "Key": key}))
}

#[test]
fn a_page_in_a_bucket_is_written_where_it_changed_and_nothing_else_is_touched() {
    let moto = Moto::shared();
    make(&moto, "acme-status");
    moto.call(
        "s3",
        "put_object",
        &json!({"Bucket": "acme-status", "Key": "public/robots.txt", "Body": "mine"}),
    );
    moto.call("s3", "put_object", &json!({"Bucket": "acme-status", "Key": "index.html", "Body": "mine"}));
    let place = "s3://acme-status/public";
    let html = "text/html; charset=utf-8";
    let one = [
        file("index.html", html, "<p>1 ü</p>"),
        file("incident/2026-11-28-a.html", html, "a"),
        file("badge/pay.svg", "image/svg+xml", "<svg/>"),
        file("feed.atom", "application/atom+xml", "<feed/>"),
    ];
    let first = published(&moto, place, &one).expect("published");
    assert_eq!((first.written.len(), first.removed.len(), first.unchanged), (4, 0, 0));
    let index = head(&moto, "acme-status", "public/index.html");
    assert_eq!((&index["ContentType"], &index["CacheControl"]), (&json!(html), &json!("max-age=60")));
    assert_eq!(index["ContentLength"], 11);
    assert_eq!(head(&moto, "acme-status", "public/badge/pay.svg")["ContentType"], "image/svg+xml");

    let before = head(&moto, "acme-status", "public/feed.atom")["LastModified"].clone();
    let again = published(&moto, place, &one).expect("published");
    assert_eq!((again.written.len(), again.removed.len(), again.unchanged), (0, 0, 4));
    let mut two = one.to_vec();
    two.remove(1);
    two[0] = file("index.html", html, "<p>2</p>");
    let second = published(&moto, place, &two).expect("published");
    assert_eq!(second.written, ["index.html"]);
    assert_eq!(second.removed, ["incident/2026-11-28-a.html"]);
    assert_eq!(head(&moto, "acme-status", "public/feed.atom")["LastModified"], before);
    let expected = [
        "index.html",
        "public/badge/pay.svg",
        "public/feed.atom",
        "public/index.html",
        "public/manifest.json",
        "public/robots.txt",
    ];
    assert_eq!(keys(&moto, "acme-status"), expected);
    assert_eq!(MANIFEST, "manifest.json");
}

#[test]
fn a_private_page_and_a_public_one_never_share_a_prefix_with_or_without_a_manifest() {
    let moto = Moto::shared();
    make(&moto, "acme-both");
    let own = [file("index.html", "text/html", "public"), file("feed.atom", "text/xml", "<feed/>")];
    let team = [file("index.html", "text/html", PRIVATE_MARK)];
    let pages = [(Visibility::Public, &own[..], "a"), (Visibility::Private, &team[..], "b")];
    let [(public, own, here), (private, team, there)] = pages;
    for (first, held, second, refused, prefix) in
        [(public, own, private, team, here), (private, team, public, own, there)]
    {
        let place = format!("s3://acme-both/{prefix}");
        published_for(first, &moto, &place, held).expect("published");
        let before = keys(&moto, "acme-both");
        let error = published_for(second, &moto, &place, refused).expect_err("it is refused");
        assert_eq!(error.to_string(), format!("{place} holds a {first} page, and this is a {second} one"));
        assert_eq!(keys(&moto, "acme-both"), before);
        let lost = json!({"Bucket": "acme-both", "Key": format!("{prefix}/manifest.json")});
        moto.call("s3", "delete_object", &lost);
        let error = published_for(second, &moto, &place, refused).expect_err("it is refused");
        assert!(matches!(error, PublishError::Unclaimed { .. }), "{error}");
        assert!(!keys(&moto, "acme-both").contains(&format!("{prefix}/manifest.json")));
    }
}

#[test]
fn a_private_page_is_published_in_a_bucket_with_a_page_for_each_monitor() {
    let moto = Moto::shared();
    make(&moto, "acme-team");
    let world = World::new();
    let page =
        "id: public\ntitle: Acme\nurl: https://a.example\ncomponents: [{ name: Shop, monitors: [shop] }]\n";
    world.repository.write("status.yaml", page);
    world.sync();
    world.run(&["check", "--all"]).exits(0);
    let place = "s3://acme-team/status";
    world.run(&["page", "--private", "--out", place]).exits(0);
    let written = keys(&moto, "acme-team");
    assert!(written.contains(&"status/monitor/shop.html".to_owned()), "{written:?}");
    assert!(!written.iter().any(|key| key.contains("feed") || key.contains("api/")), "{written:?}");
    world.run(&["page", "--out", place]).exits(1);
    world.run(&["check", "--all", "--page", place]).exits(4);
    assert_eq!(keys(&moto, "acme-team"), written);
}

#[test]
fn what_s3_refuses_says_what_to_do() {
    let moto = Moto::shared();
    let files = [file("index.html", "text/html", "1")];
    let error = published(&moto, "s3://acme-missing/public", &files).expect_err("there is no bucket");
    assert_eq!(error.to_string(), "S3 does not read s3://acme-missing/public/manifest.json: NoSuchBucket");
    assert_eq!(error.help(), "check the name of the bucket");
    make(&moto, "acme-other");
    let damaged = json!({"Bucket": "acme-other", "Key": "public/manifest.json", "Body": "{"});
    moto.call("s3", "put_object", &damaged);
    let error = published(&moto, "s3://acme-other/public", &files).expect_err("the manifest is damaged");
    assert!(error.to_string().starts_with("s3://acme-other/public/manifest.json is damaged"), "{error}");
    assert_eq!(keys(&moto, "acme-other"), ["public/manifest.json"]);
}

#[test]
fn a_run_publishes_the_page_that_sync_stored_and_a_bucket_that_is_gone_keeps_no_alert_back() {
    let moto = Moto::shared();
    make(&moto, "acme-run");
    let world = World::new();
    let page =
        "id: public\ntitle: Acme\nurl: https://a.example\ncomponents: [{ name: Shop, monitors: [shop] }]\n";
    world.repository.write("status.yaml", page);
    world.sync();
    let check = |bucket: &str| {
        let place = format!("s3://{bucket}/public");
        world.run(&["check", "--all", "--format", "json", "--page", &place])
    };
    check("acme-run").exits(0);
    let written = keys(&moto, "acme-run");
    let expected = ["public/index.html", "public/manifest.json", "public/api/v2/summary.json"];
    assert!(expected.iter().all(|key| written.iter().any(|one| one == key)), "{written:?}");
    let modified = || head(&moto, "acme-run", "public/index.html")["ETag"].clone();
    let before = modified();
    check("acme-run").exits(0);
    assert_eq!(modified(), before, "nothing changed");

    world.api.answer(503);
    check("acme-run").exits(0);
    let said = check("acme-gone").exits(4).stdout.clone();
    assert!(said.contains("could not write the status page to s3://acme-gone/public"), "{said}");
    assert_eq!(world.subjects().len(), 1);
    check("acme-run").exits(0);
    assert_ne!(modified(), before, "it shows the outage");
}
