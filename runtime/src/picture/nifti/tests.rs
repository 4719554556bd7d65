use std::io::Read;

use super::*;
use crate::picture::PictureShape;
use crate::picture::frames::tests::two_by_two;
use crate::picture::mark::NOTICE;

fn short(file: &[u8], at: usize) -> i16 {
    i16::from_le_bytes([file[at], file[at + 1]])
}

fn float(file: &[u8], at: usize) -> f32 {
    f32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"))
}

#[test]
fn a_file_holds_one_view_in_all_phases_with_its_place_in_millimetres() {
    let (picture, label) = two_by_two();
    for (view, values) in [
        (0, Values::Picture),
        (1, Values::Picture),
        (1, Values::Deviation),
    ] {
        let file = encode(&picture, &label, view, values).expect("a file");
        let dimensions: Vec<i16> = (0..8).map(|k| short(&file, 40 + 2 * k)).collect();
        assert_eq!(dimensions, [4, 128, 16, 1, 2, 1, 1, 1]);
        assert_eq!((short(&file, 70), short(&file, 72)), (16, 32));
        let start = float(&file, 108) as usize;
        assert!(start.is_multiple_of(16));
        assert_eq!(file.len(), start + 4 * 2 * 16 * 128);
        let mut expected = Vec::new();
        for phase in 0..2 {
            let frame = match values {
                Values::Picture => picture.frame(view, phase),
                Values::Deviation => picture.deviation_of(view, phase),
            };
            let mut frame = frame.expect("it is there").to_vec();
            imprint::apply(&mut frame, 128);
            expected.extend(frame);
        }
        let found: Vec<f32> = (start..file.len())
            .step_by(4)
            .map(|at| float(&file, at))
            .collect();
        assert!(found == expected);
        // The middle of the picture is the origin.
        let row = |at: usize| [0, 4, 8, 12].map(|k| float(&file, at + k));
        let ([x, .., x0], [_, y, _, y0]) = (row(280), row(296));
        assert_eq!((x, y), (-1.4, -1.4));
        assert!((x * 63.5 + x0).abs() < 1e-4 && (y * 7.5 + y0).abs() < 1e-4);
    }
}

#[test]
fn a_file_says_that_it_is_synthetic() {
    let (picture, label) = two_by_two();
    let file = encode(&picture, &label, 1, Values::Deviation).expect("a file");
    assert!(file[148..228].starts_with(b"SYNTHETIC"));
    let length = i32::from_le_bytes(file[352..356].try_into().expect("four bytes")) as usize;
    let comment = String::from_utf8_lossy(&file[360..352 + length]);
    for part in [
        NOTICE,
        "View: four-chamber",
        "standard deviation",
        &label.model_sha256,
    ] {
        assert!(comment.contains(part), "{comment}");
    }
    assert_eq!(352 + length, float(&file, 108) as usize);
}

#[test]
fn a_compressed_file_is_the_same_and_bears_no_time() {
    let (picture, label) = two_by_two();
    let plain = encode(&picture, &label, 0, Values::Picture).expect("a file");
    let small = encode_compressed(&picture, &label, 0, Values::Picture).expect("a file");
    assert_eq!(small[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    let mut expanded = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(&small[..]);
    decoder.read_to_end(&mut expanded).expect("sound");
    assert!(expanded == plain);
}

#[test]
fn what_is_not_there_is_said() {
    let (picture, label) = two_by_two();
    let missing = encode(&picture, &label, 2, Values::Picture).expect_err("no such view");
    assert!(missing.to_string().contains("view 3 of 2"), "{missing}");
    let certain = picture.in_phase(0..2, 0).expect("the first phase");
    let missing = encode(&certain, &label, 0, Values::Deviation).expect_err("no deviation");
    assert!(matches!(missing, NiftiError::Missing { .. }), "{missing}");
    let wide = PseudoMri::new(PictureShape::single(1, 40_000), 1.0, vec![0.0; 40_000]);
    let refused = encode(&wide.expect("fits"), &label, 0, Values::Picture);
    assert!(matches!(refused, Err(NiftiError::Size { length: 40_000 })));
}

#[test]
fn views_have_short_names() {
    for (view, short) in [
        ("short axis, mid-ventricular", "sa"),
        ("Four-chamber", "4ch"),
        ("aortic valve, en face", "aortic-valve-en-face"),
    ] {
        assert_eq!(view_suffix(view), short);
    }
}
