//! What the integration tests share: the small model of `tests/goldens/tiny_model`, an
//! artificial patient, and the program itself.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::f64::consts::TAU;
use std::fmt::Write;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ecg2mri::model::Manifest;
use ecg2mri::model::network_file::DEVIATION;
use ecg2mri::model::verify::sha256_hex;
use ecg2mri::picture::{Layout, PictureShape, RgbImage};
use tempfile::TempDir;

/// The twelve standard leads as WFDB headers name them.
pub const LEADS: [&str; 12] = [
    "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6",
];

/// Samples per second of the artificial recordings.
pub const RATE: usize = 500;

/// Folder of the small model; it draws noise, but it really runs.
pub fn tiny_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/tiny_model")
}

/// Folder of a small model that is given the heart rate, draws two views in two phases with their
/// uncertainty, has weights in half precision, and statistics.
pub fn tiny_cart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/tiny_cart")
}

/// A copy of the small model that a test may damage.
pub fn copy_of_tiny_model() -> TempDir {
    copy_of(&tiny_model())
}

/// A copy of a model that a test may damage.
pub fn copy_of(model: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for name in names_in(model) {
        fs::copy(model.join(&name), copy.path().join(&name)).expect("copied");
    }
    copy
}

/// Changes the manifest in `folder`, giving each file that it names the digest and size of what is
/// there, so that only what comes after verification can refuse the model.
pub fn rewrite_manifest(folder: &Path, change: impl Fn(&mut Manifest)) {
    let path = folder.join("manifest.toml");
    let text = fs::read_to_string(&path).expect("the manifest");
    let mut manifest = Manifest::from_toml(&text).expect("sound");
    change(&mut manifest);
    let of = |file: &str| {
        let bytes = fs::read(folder.join(file)).expect("the file");
        (bytes.len() as u64, sha256_hex(&bytes))
    };
    for network in [&mut manifest.encoder, &mut manifest.decoder] {
        (network.bytes, network.sha256) = of(&network.file);
    }
    if let Some(statistics) = &mut manifest.statistics {
        (statistics.bytes, statistics.sha256) = of(&statistics.file);
    }
    fs::write(&path, manifest.to_toml().expect("still consistent")).expect("written");
}

/// The pixels of a PNG file that has no palette, and whether it is in colour.
pub fn decode(path: &Path) -> (RgbImage, bool) {
    let bytes = fs::read(path).expect("the picture");
    let mut reader = png::Decoder::new(Cursor::new(bytes))
        .read_info()
        .expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("an image");
    let coloured = info.color_type == png::ColorType::Rgb;
    let pixels = if coloured {
        pixels.as_chunks::<3>().0.to_vec()
    } else {
        assert_eq!(info.color_type, png::ColorType::Grayscale);
        pixels.into_iter().map(|gray| [gray; 3]).collect()
    };
    (RgbImage::from_pixels(info.width as usize, pixels), coloured)
}

/// Where everything is on the picture of a small model.
pub fn layout_of(model: &Path) -> Layout {
    let text = fs::read_to_string(model.join("manifest.toml")).expect("the manifest");
    let manifest = Manifest::from_toml(&text).expect("sound");
    let shape = PictureShape {
        views: manifest.picture.views.len(),
        phases: manifest.picture.phases.len(),
        height: 32,
        width: 32,
    };
    Layout::new(shape, manifest.decoder.output(DEVIATION).is_some())
}

/// Ten seconds of a made-up heart in microvolts, (lead, sample): P, QRS and T as bell
/// curves whose sizes differ from lead to lead. `size` scales the QRS of the chest leads,
/// so that two patients differ.
pub fn artificial_recording(size: f64) -> Vec<Vec<i16>> {
    let beat_seconds = 0.8;
    let bell = |t: f64, at: f64, width: f64| (-0.5 * ((t - at) / width).powi(2)).exp();
    let wave = |seconds: f64, p: f64, q: f64, r: f64, s: f64, t: f64| {
        let phase = seconds % beat_seconds;
        1000.0
            * (p * bell(phase, 0.16, 0.02)
                + q * bell(phase, 0.28, 0.008)
                + r * bell(phase, 0.30, 0.012)
                + s * bell(phase, 0.33, 0.012)
                + t * bell(phase, 0.55, 0.04))
    };
    let independent = |seconds: f64| -> [f64; 8] {
        let hum = 3.0 * (TAU * 0.3 * seconds).sin();
        let chest = [0.2, 0.4, 0.7, 1.2, 1.3, 1.0].map(|r: f64| {
            hum + wave(
                seconds,
                0.08,
                -0.02,
                r * size,
                -(1.4 - r) * 0.8 * size,
                0.25,
            )
        });
        let one = hum + wave(seconds, 0.10, -0.05, 0.7, -0.10, 0.20);
        let two = hum + wave(seconds, 0.14, -0.04, 1.1, -0.15, 0.30);
        [
            one, two, chest[0], chest[1], chest[2], chest[3], chest[4], chest[5],
        ]
    };
    let mut leads = vec![Vec::new(); 12];
    for sample in 0..10 * RATE {
        let v = independent(sample as f64 / RATE as f64);
        let limb = [
            v[1] - v[0],
            -(v[0] + v[1]) / 2.0,
            v[0] - v[1] / 2.0,
            v[1] - v[0] / 2.0,
        ];
        let all = [&v[..2], &limb[..], &v[2..]].concat();
        for (lead, value) in leads.iter_mut().zip(all) {
            lead.push(value.round() as i16);
        }
    }
    leads
}

/// Writes a WFDB record in format 16 at 1000 units per millivolt, as the header(5) and
/// signal(5) pages describe it. Returns the header's path.
pub fn write_wfdb(folder: &Path, record: &str, names: &[&str], leads: &[Vec<i16>]) -> PathBuf {
    let samples = leads[0].len();
    let mut header = format!("{record} {} {RATE} {samples}\n", leads.len());
    for (name, lead) in names.iter().zip(leads) {
        let checksum = lead
            .iter()
            .fold(0_i16, |sum, &value| sum.wrapping_add(value));
        writeln!(
            header,
            "{record}.dat 16 1000/mV 16 0 {} {checksum} 0 {name}",
            lead[0]
        )
        .expect("text");
    }
    let data: Vec<u8> = (0..samples)
        .flat_map(|sample| leads.iter().map(move |lead| lead[sample]))
        .flat_map(i16::to_le_bytes)
        .collect();
    fs::write(folder.join(format!("{record}.dat")), data).expect("written");
    let path = folder.join(format!("{record}.hea"));
    fs::write(&path, header).expect("written");
    path
}

/// Runs the program with the given arguments.
pub fn ecg2mri<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecg2mri"))
        .args(arguments)
        .output()
        .expect("it starts")
}

/// Runs `generate` with the small model, writing `picture.png` and `report.json` into
/// `folder`.
pub fn generate(ecg: &Path, folder: &Path) -> Output {
    generate_with(&tiny_model(), ecg, folder)
}

/// The same with another model.
pub fn generate_with(model: &Path, ecg: &Path, folder: &Path) -> Output {
    let (picture, report) = (folder.join("picture.png"), folder.join("report.json"));
    let paths = [ecg, &picture, &report, model].map(|path| path.as_os_str().to_owned());
    let [ecg, picture, report, model] = paths;
    ecg2mri(&[
        "generate".into(),
        ecg,
        "-o".into(),
        picture,
        "--report".into(),
        report,
        "--model".into(),
        model,
    ])
}

/// Names in a folder, sorted.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

/// What a program said on standard error, which must be text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// What a program said on standard output, which must be text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}
