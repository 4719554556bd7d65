//! The header says what the library does.

use std::fs;
use std::path::Path;

/// The modules of the interface, in the order of the header.
const SOURCES: [&str; 7] = [
    "status.rs",
    "version.rs",
    "pipeline.rs",
    "recording.rs",
    "result.rs",
    "result/picture.rs",
    "result/measurements.rs",
];

fn written_anew() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).expect("its settings");
    let sources = SOURCES.iter().map(|name| folder.join("src").join(name));
    let builder = sources.fold(
        cbindgen::Builder::new().with_config(config),
        |builder, path| builder.with_src(path),
    );
    let mut header = Vec::new();
    builder.generate().expect("a header").write(&mut header);
    String::from_utf8(header).expect("text")
}

#[test]
fn the_header_is_what_cbindgen_makes_of_the_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/ecg2mri.h");
    let anew = written_anew();
    if std::env::var_os("ECG2MRI_WRITE_HEADER").is_some() {
        fs::write(&path, &anew).expect("written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == anew,
        "include/ecg2mri.h is not of these sources; write it anew with \
        `ECG2MRI_WRITE_HEADER=1 cargo test -p ecg2mri-c --test header`"
    );
}

#[test]
fn every_function_is_declared_and_explained() {
    let header = written_anew();
    let lines: Vec<&str> = header.lines().collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut functions = 0;
    for source in SOURCES {
        let text = fs::read_to_string(folder.join(source)).expect("a source");
        for line in text.lines() {
            let Some((_, rest)) = line.split_once("extern \"C\" fn ") else {
                continue;
            };
            let name = rest.split('(').next().expect("a name");
            let call = format!("{name}(");
            let declares = |line: &&str| line.contains(&call) && !line.starts_with([' ', '/']);
            let place = lines.iter().position(declares).expect(name);
            assert_eq!(lines[place - 1], " */", "{name} has no comment");
            functions += 1;
        }
    }
    assert!(functions > 15, "{functions} functions were found");
}

#[test]
fn the_version_of_the_interface_is_the_same_everywhere() {
    let version = ecg2mri_c::version::ECG2MRI_ABI_VERSION;
    let holds = |file: &str, text: String| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let whole = fs::read_to_string(path).expect("a source");
        assert!(whole.contains(&text), "{file} does not say {text}");
    };
    holds("build.rs", format!("libecg2mri.so.{version}\""));
    holds("install", format!("interface={version}\n"));
    holds(
        "include/ecg2mri.h",
        format!("#define ECG2MRI_ABI_VERSION {version}\n"),
    );
}
