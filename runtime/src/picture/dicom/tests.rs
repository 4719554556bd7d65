use std::collections::BTreeMap;

use super::*;
use crate::picture::frames::tests::two_by_two;
use crate::picture::mark::Warning;
use crate::picture::{PictureShape, mark};

/// Elements by their tags, read as PS3.5 has explicit little endian.
fn elements(file: &[u8]) -> BTreeMap<u32, Vec<u8>> {
    assert_eq!(&file[128..132], b"DICM");
    let mut rest = &file[132..];
    let mut found = BTreeMap::new();
    let mut last = 0;
    while !rest.is_empty() {
        let number = |at: usize| u16::from_le_bytes([rest[at], rest[at + 1]]);
        let tag = u32::from(number(0)) << 16 | u32::from(number(2));
        assert!(tag > last, "{tag:08x} comes after {last:08x}");
        last = tag;
        let (length, start) = match &rest[4..6] {
            b"OB" => (u32::from(number(8)) | u32::from(number(10)) << 16, 12),
            _ => (u32::from(number(6)), 8),
        };
        assert_eq!(length % 2, 0, "{tag:08x}");
        let end = start + length as usize;
        found.insert(tag, rest[start..end].to_vec());
        rest = &rest[end..];
    }
    found
}

fn text(elements: &BTreeMap<u32, Vec<u8>>, tag: u32) -> String {
    let bytes = elements.get(&tag).expect("the element is there");
    String::from_utf8_lossy(bytes)
        .trim_end_matches([' ', '\0'])
        .to_owned()
}

#[test]
fn the_object_holds_the_marked_images_and_says_what_they_are() {
    let (picture, label) = two_by_two();
    let label = Label {
        warnings: vec![Warning::PoorSignal],
        ..label
    };
    let file = encode(&picture, &label).expect("an object");
    let elements = elements(&file);
    let frames = frames::of_channels(&picture, &label);
    assert!(elements[&0x7fe0_0010] == frames.images.concat());
    for (tag, expected) in [
        (0x0008_0008, "DERIVED\\SECONDARY"),
        (0x0008_001c, "YES"),
        (0x0008_0064, "SYN"),
        (0x0010_0010, ""),
        (0x0010_0020, ""),
        (0x0018_2001, "1\\2\\3\\4"),
        (0x0018_9004, "RESEARCH"),
        (0x0028_0008, "4"),
        (0x0028_0030, "0.35\\0.35"),
        (0x0028_0301, "YES"),
    ] {
        assert_eq!(text(&elements, tag), expected, "{tag:08x}");
    }
    let comments = text(&elements, 0x0020_4000);
    for part in [
        NOTICE,
        "FORCED: POOR SIGNAL",
        "image 4: four-chamber, end-systole",
    ] {
        assert!(comments.contains(part), "{comments}");
    }
    assert!(comments.contains(&label.model_sha256));
    assert_eq!(text(&elements, 0x0002_0003), text(&elements, 0x0008_0018));
    let length = u32::from_le_bytes(elements[&0x0002_0000][..].try_into().expect("four bytes"));
    assert_eq!(
        &file[144 + length as usize..][..4],
        [8, 0, 8, 0],
        "group 8 follows"
    );
}

#[test]
fn identity_follows_from_what_is_in_the_object() {
    let (picture, label) = two_by_two();
    let identity = |picture: &PseudoMri, label: &Label| {
        let elements = elements(&encode(picture, label).expect("an object"));
        [0x0008_0018, 0x0020_000d, 0x0020_000e].map(|tag| text(&elements, tag))
    };
    let one = identity(&picture, &label);
    assert_eq!(one, identity(&picture, &label));
    assert!(one[0] != one[1] && one[1] != one[2]);
    let other = picture.in_phase(0..2, 0).expect("the first phase");
    let renamed = Label {
        model_name: "other".into(),
        ..label.clone()
    };
    for other in [identity(&other, &label), identity(&picture, &renamed)] {
        assert!(one.iter().zip(&other).all(|(one, other)| one != other));
    }
}

#[test]
fn a_single_image_of_an_odd_number_of_pixels_is_filled_up() {
    let shape = PictureShape::single(1, 513);
    let picture = PseudoMri::new(shape, 1.0 / 3.0, vec![0.5; 513]).expect("it fits");
    let label = mark::tests::label();
    let elements = elements(&encode(&picture, &label).expect("an object"));
    let pixels = &elements[&0x7fe0_0010];
    assert_eq!(pixels.len(), 53 * 513 + 1);
    assert!(!elements.contains_key(&0x0028_0009));
    let wide = PictureShape::single(1, 70_000);
    let wide = PseudoMri::new(wide, 1.0, vec![0.0; 70_000]).expect("fits");
    assert!(matches!(
        encode(&wide, &label),
        Err(DicomError::Size { .. })
    ));
}
