use super::*;
use proptest::prelude::*;

fn annotation() -> impl Strategy<Value = Annotation> {
    let sample = prop_oneof![0u64..5000, 0u64..1 << 40, Just(1023), Just(1024)];
    let rest = (
        prop_oneof![Just(0i8), any::<i8>()],
        prop_oneof![Just(0u8), any::<u8>()],
        prop_oneof![3 => Just(String::new()), 1 => "[ -~]{1,255}"],
    );
    let number = prop_oneof![Just(0i8), any::<i8>()];
    (sample, 1u8..=49, number, rest).prop_map(|(sample, code, number, (subtype, channel, text))| {
        Annotation {
            sample,
            code: AnnotationCode(code),
            number,
            subtype,
            channel,
            text,
        }
    })
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        mut annotations in prop::collection::vec(annotation(), 0..40)
    ) {
        let bytes = encode_annotations(&annotations);
        annotations.sort_by_key(|annotation| annotation.sample);
        prop_assert_eq!(decode_annotations(&bytes), annotations);
    }

    #[test]
    fn any_bytes_are_decoded_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_annotations(&bytes);
    }
}

#[test]
fn known_bytes() {
    let annotations = [
        Annotation::new(5, AnnotationCode::WAVE_ONSET, 1),
        Annotation::new(18, AnnotationCode::NORMAL_BEAT, 1),
        Annotation::new(70_018, AnnotationCode::VENTRICULAR_BEAT, 0),
    ];
    let bytes = [
        0x05, 0x9c, // code 39, 5 samples
        0x01, 0xf0, // num 1
        0x0d, 0x04, // code 1, 13 samples
        0x00, 0xec, 0x01, 0x00, 0x70, 0x11, // skip 70,000 = 0x11170 samples
        0x00, 0x14, // code 5
        0x00, 0xf0, // num 0
        0x00, 0x00,
    ];
    assert_eq!(encode_annotations(&annotations), bytes);
    assert_eq!(decode_annotations(&bytes), annotations);
    // A text of the first mark, and a channel that holds for the later ones as well.
    let mut with_text = bytes.to_vec();
    with_text.splice(4..4, [0x03, 0xfc, b'a', b'b', b'c', 0, 0x02, 0xf8]);
    let mut expected = annotations.to_vec();
    expected[0].text = "abc".to_owned();
    expected.iter_mut().for_each(|mark| mark.channel = 2);
    assert_eq!(decode_annotations(&with_text), expected);
    assert_eq!(encode_annotations(&expected).len(), with_text.len());
}

#[test]
fn reads_what_wfdb_python_wrote() {
    #[derive(serde::Deserialize)]
    struct Expected {
        sample: u64,
        code: u8,
        subtype: i8,
        channel: u8,
        number: i8,
        text: String,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/wfdb");
    let text = std::fs::read_to_string(folder.join("annotations.json")).unwrap();
    let expected: Vec<Expected> = serde_json::from_str(&text).unwrap();
    let expected: Vec<Annotation> = expected
        .into_iter()
        .map(|mark| Annotation {
            sample: mark.sample,
            code: AnnotationCode::from_number(mark.code).unwrap(),
            number: mark.number,
            subtype: mark.subtype,
            channel: mark.channel,
            text: mark.text,
        })
        .collect();
    assert!(expected.len() > 5);
    let path = folder.join("marks.atr");
    assert_eq!(read_annotations(&path).unwrap(), expected);
    let own = encode_annotations(&expected);
    assert_eq!(decode_annotations(&own), expected);
    assert!(read_annotations(&folder.join("absent.atr")).is_err());
}
