use std::fs;

use super::*;

fn row(name: &str, status: Status) -> (Row, Fingerprint) {
    let fingerprint = Fingerprint::of("test", name, Path::new("/absent"));
    let row = Row {
        name: name.into(),
        status,
        reason: String::new(),
        values: vec!["1".into()],
        seconds: 0.25,
        fingerprint: Some(fingerprint),
    };
    (row, fingerprint)
}

fn columns(own: &[&str]) -> Vec<String> {
    own.iter().map(ToString::to_string).collect()
}

fn append(index: &mut Index, name: &str, status: Status) -> Fingerprint {
    let (row, fingerprint) = row(name, status);
    index.append(&row, fingerprint).expect("appended");
    fingerprint
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("text")
}

#[test]
fn rows_are_put_in_order_and_known_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.csv");
    let own = columns(&["rate", "more"]);
    let mut index = Index::open(&path, &own, false).expect("begun");
    let b = append(&mut index, "b,c", Status::Ok);
    let a = append(&mut index, "a", Status::Failed);
    append(&mut index, "a", Status::Refused);
    append(&mut index, "0", Status::Skipped);
    append(&mut index, "0", Status::Part);
    assert!(
        index
            .earlier(digest("b,c"))
            .is_some_and(|one| one.is_of(b) && one.has_outputs())
    );
    index.finish().expect("in order");
    let expected = format!(
        "path,status,reason,rate,more,seconds,fingerprint\na,refused,,1,,0.250,{a}\n\"b,c\",ok,,1,,0.250,{b}\n"
    );
    assert_eq!(text(&path), expected);
    let written = fs::metadata(&path)
        .and_then(|file| file.modified())
        .expect("a time");
    let index = Index::open(&path, &own, false).expect("opened");
    let earlier = |name: &str| index.earlier(digest(name));
    assert!(earlier("a").is_some_and(|one| one.is_of(a) && !one.is_of(b) && !one.has_outputs()));
    assert!(earlier("b,c").is_some() && earlier("0").is_none());
    index.finish().expect("nothing to do");
    let after = fs::metadata(&path)
        .and_then(|file| file.modified())
        .expect("a time");
    assert_eq!((text(&path), after), (expected, written));
    let index = Index::open(&path, &own, true).expect("opened");
    assert!(index.earlier(digest("a")).is_none());
}

#[test]
fn wherever_it_is_cut_the_whole_lines_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.csv");
    let own = columns(&["rate"]);
    let mut index = Index::open(&path, &own, false).expect("begun");
    let names = ["c", "a \"quoted\", name", "b"];
    for name in names {
        append(&mut index, name, Status::Ok);
    }
    drop(index);
    let whole = fs::read(&path).expect("bytes");
    let header = text(&path).find('\n').expect("a header") + 1;
    for end in header..=whole.len() {
        fs::write(&path, &whole[..end]).expect("cut");
        let lines = whole[header..end]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let index = Index::open(&path, &own, false).expect("opened");
        for (place, name) in names.iter().enumerate() {
            let is_known = index.earlier(digest(name)).is_some();
            assert_eq!(is_known, place < lines, "{name} at {end}");
        }
        let text = text(&path);
        assert!(
            text.ends_with('\n') && text.lines().count() == 1 + lines,
            "{text}"
        );
        assert!(text.lines().skip(1).is_sorted());
    }
}

#[test]
fn other_columns_take_over_what_they_share() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.csv");
    let mut index = Index::open(&path, &columns(&["rate"]), false).expect("begun");
    let a = append(&mut index, "a", Status::Ok);
    drop(index);
    let index = Index::open(&path, &columns(&["latent_0", "rate"]), false).expect("opened");
    assert!(index.earlier(digest("a")).is_some_and(|one| one.is_of(a)));
    let expected =
        format!("path,status,reason,latent_0,rate,seconds,fingerprint\na,ok,,,1,0.250,{a}\n");
    assert_eq!(text(&path), expected);
}

#[test]
fn what_is_to_be_tried_again_is_known_until_the_process_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.csv");
    let mut index = Index::open(&path, &[], false).expect("begun");
    let (row, fingerprint) = row("a", Status::Failed);
    let row = Row {
        fingerprint: None,
        values: Vec::new(),
        ..row
    };
    index.append(&row, fingerprint).expect("appended");
    assert!(
        index
            .earlier(digest("a"))
            .is_some_and(|one| one.is_of(fingerprint))
    );
    index.finish().expect("in order");
    let index = Index::open(&path, &[], false).expect("opened");
    assert!(index.earlier(digest("a")).is_none());
    assert!(text(&path).ends_with("a,failed,,0.250,\n"));
}

#[test]
fn another_file_is_not_taken_for_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.csv");
    for content in [
        "",
        "path,status\n",
        "a,b,c,d,e,f\n",
        "path,status,reason,seconds,fingerprint",
    ] {
        fs::write(&path, content).expect("written");
        let error = Index::open(&path, &[], false).expect_err("no index");
        assert!(
            matches!(error, BatchError::ForeignIndex { .. }),
            "{content}: {error}"
        );
        assert_eq!(text(&path), content);
    }
}
