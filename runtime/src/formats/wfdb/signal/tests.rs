use super::*;
use proptest::prelude::*;

const ALL: [SampleFormat; 10] = [
    SampleFormat::Eight,
    SampleFormat::Sixteen,
    SampleFormat::TwentyFour,
    SampleFormat::ThirtyTwo,
    SampleFormat::SixtyOne,
    SampleFormat::Eighty,
    SampleFormat::OneSixty,
    SampleFormat::TwoTwelve,
    SampleFormat::ThreeTen,
    SampleFormat::ThreeEleven,
];

/// The inverse of the decoding, written from the layouts of signal(5) bit by bit.
fn encode(format: SampleFormat, samples: &[i32]) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut put = |value: i64, range: std::ops::Range<u32>| {
        bits.extend(range.map(|bit| value >> bit & 1 == 1));
    };
    let (group, _) = format.group_size();
    for part in samples.chunks(group as usize) {
        let at = |n: usize| i64::from(part.get(n).copied().unwrap_or(0));
        match format {
            SampleFormat::Eight => put(at(0), 0..8),
            SampleFormat::Eighty => put(at(0) + 128, 0..8),
            SampleFormat::Sixteen => put(at(0), 0..16),
            SampleFormat::TwentyFour => put(at(0), 0..24),
            SampleFormat::ThirtyTwo => put(at(0), 0..32),
            SampleFormat::SixtyOne => {
                put(at(0), 8..16);
                put(at(0), 0..8);
            }
            SampleFormat::OneSixty => put(at(0) + 32768, 0..16),
            SampleFormat::TwoTwelve => {
                put(at(0), 0..12);
                put(at(1), 8..12);
                put(at(1), 0..8);
            }
            SampleFormat::ThreeTen => {
                put(0, 0..1);
                put(at(0), 0..10);
                put(at(2), 0..5);
                put(0, 0..1);
                put(at(1), 0..10);
                put(at(2), 5..10);
            }
            SampleFormat::ThreeEleven => {
                (0..3).for_each(|n| put(at(n), 0..10));
                put(0, 0..2);
            }
        }
    }
    let mut bytes: Vec<u8> = bits
        .chunks(8)
        .map(|byte| {
            byte.iter()
                .rev()
                .fold(0, |sum, &bit| sum << 1 | u8::from(bit))
        })
        .collect();
    bytes.truncate(format.bytes(samples.len() as u64).unwrap() as usize);
    bytes
}

#[test]
fn known_bytes() {
    let sixteen = SampleFormat::Sixteen.decode(&[0x34, 0x12, 0xff, 0xff, 0x00, 0x80]);
    assert_eq!(sixteen, [0x1234, -1, -32768]);
    // The first samples of MIT-BIH record 100 are 995 and 1011.
    let packed = SampleFormat::TwoTwelve.decode(&[0xe3, 0x33, 0xf3]);
    assert_eq!(packed, [995, 1011]);
    let packed = SampleFormat::TwoTwelve.decode(&[0xff, 0x8f, 0x00]);
    assert_eq!(packed, [-1, -2048]);
    assert_eq!(SampleFormat::TwentyFour.decode(&[0xfe, 0xff, 0xff]), [-2]);
    assert_eq!(SampleFormat::SixtyOne.decode(&[0x80, 0x01]), [-32767]);
    assert_eq!(SampleFormat::Eighty.decode(&[0, 128, 255]), [-128, 0, 127]);
    assert_eq!(checksum([32767, 1]), -32768);
}

#[test]
fn every_format_has_its_number() {
    for format in ALL {
        assert_eq!(SampleFormat::from_number(format.number()), Some(format));
    }
    for number in [0, 1, 12, 81, 161, 500] {
        assert_eq!(Encoding::from_number(number), None);
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        format in prop::sample::select(&ALL[..]),
        samples in prop::collection::vec(any::<i32>(), 0..100),
    ) {
        // As wide as the format: its missing value tells.
        let bits = format.missing().map_or(8, |lowest| 32 - lowest.leading_ones() + 1);
        let samples: Vec<i32> =
            samples.iter().map(|sample| sample << (32 - bits) >> (32 - bits)).collect();
        let bytes = encode(format, &samples);
        let count = samples.len() as u64;
        prop_assert_eq!(format.bytes(count), Some(bytes.len() as u64));
        // Two bytes of format 310 hold one sample; so do three, of which the third is none of its.
        prop_assert!(format.samples(bytes.len() as u64) >= count);
        let decoded = format.decode(&bytes);
        prop_assert_eq!(&decoded[..samples.len()], &samples[..]);
    }

    #[test]
    fn any_bytes_decode_within_range(
        format in prop::sample::select(&ALL[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let decoded = format.decode(&bytes);
        prop_assert_eq!(decoded.len() as u64, format.samples(bytes.len() as u64));
        if let Some(lowest) = format.missing() {
            prop_assert!(decoded.iter().all(|&sample| (lowest..=!lowest).contains(&sample)));
        }
    }
}
