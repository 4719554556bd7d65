use super::*;
use crate::picture::PictureShape;
use crate::picture::frames::tests::two_by_two;
use crate::picture::mark::NOTICE;
use crate::picture::mark::tests::label;

/// Takes the blocks from the front.
fn blocks(bytes: &mut &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    loop {
        let (length, rest) = bytes.split_first().expect("a length");
        let (block, rest) = rest.split_at(usize::from(*length));
        *bytes = rest;
        if block.is_empty() {
            return data;
        }
        data.extend_from_slice(block);
    }
}

#[test]
fn the_images_are_in_the_file_with_what_they_are() {
    let (picture, label) = two_by_two();
    let file = encode(&picture, &label).expect("a film");
    let frames = frames::of_phases(&picture, &label);
    assert_eq!(&file[..6], b"GIF89a");
    let number = |at: usize| usize::from(u16::from_le_bytes([file[at], file[at + 1]]));
    assert_eq!((number(6), number(8)), (frames.width, frames.height));
    assert!((0..256).all(|gray| file[13 + 3 * gray..][..3] == [gray as u8; 3]));
    let mut rest = &file[13 + 768..];
    let (mut comments, mut delays, mut images) = (Vec::new(), Vec::new(), Vec::new());
    while let [first, second, ..] = *rest {
        match (first, second) {
            (0x21, kind) => {
                rest = &rest[2..];
                let data = blocks(&mut rest);
                match kind {
                    0xfe => comments.push(String::from_utf8(data).expect("text")),
                    0xf9 => delays.push(u16::from_le_bytes([data[1], data[2]])),
                    _ => assert_eq!(data, b"NETSCAPE2.0\x01\0\0"),
                }
            }
            _ => {
                assert_eq!((first, rest[10]), (0x2c, 8));
                rest = &rest[11..];
                images.push(lzw::tests::expand(&blocks(&mut rest)));
            }
        }
    }
    assert_eq!(rest, [0x3b]);
    assert_eq!(delays, [50, 50]);
    assert!(images == frames.images);
    assert!(comments.contains(&format!("Description: {NOTICE}")));
}

#[test]
fn what_makes_no_film_is_refused() {
    let still = PseudoMri::new(PictureShape::single(2, 2), 1.0, vec![0.0; 4]).expect("fits");
    let refused = encode(&still, &label()).expect_err("one phase");
    assert!(refused.to_string().contains(".png"), "{refused}");
    let wide = PictureShape {
        phases: 2,
        ..PictureShape::single(1, 70_000)
    };
    let wide = PseudoMri::new(wide, 1.0, vec![0.0; 140_000]).expect("fits");
    assert!(matches!(
        encode(&wide, &label()),
        Err(FilmError::Size { .. })
    ));
    assert_eq!([2, 50, 1000].map(hundredths_each), [50, 2, 2]);
}
