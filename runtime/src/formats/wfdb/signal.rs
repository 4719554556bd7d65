//! The binary sample formats 16 and 212 of signal(5), WFDB Applications Guide.

/// A sample format that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SampleFormat {
    /// 16-bit two's complement, least significant byte first.
    Sixteen,
    /// 12-bit two's complement, two samples in three bytes.
    TwoTwelve,
}

impl SampleFormat {
    /// The format with this number, if it is read here.
    pub(super) fn from_number(number: u16) -> Option<SampleFormat> {
        match number {
            16 => Some(SampleFormat::Sixteen),
            212 => Some(SampleFormat::TwoTwelve),
            _ => None,
        }
    }

    /// The value that stands for "no sample here".
    pub(super) fn missing(self) -> i32 {
        match self {
            SampleFormat::Sixteen => -32768,
            SampleFormat::TwoTwelve => -2048,
        }
    }

    /// Bytes that `samples` samples take, or `None` beyond any file's size.
    pub(super) fn bytes(self, samples: u64) -> Option<u64> {
        match self {
            SampleFormat::Sixteen => samples.checked_mul(2),
            // An odd last sample takes two bytes of its triple.
            SampleFormat::TwoTwelve => samples.checked_mul(3).map(|thirds| thirds.div_ceil(2)),
        }
    }

    /// Whole samples that `bytes` bytes hold.
    pub(super) fn samples(self, bytes: u64) -> u64 {
        match self {
            SampleFormat::Sixteen => bytes / 2,
            SampleFormat::TwoTwelve => bytes / 3 * 2 + u64::from(bytes % 3 == 2),
        }
    }

    /// The samples in `bytes`, in file order.
    pub(super) fn decode(self, bytes: &[u8]) -> Vec<i32> {
        match self {
            SampleFormat::Sixteen => {
                let (pairs, _) = bytes.as_chunks::<2>();
                pairs
                    .iter()
                    .map(|&pair| i32::from(i16::from_le_bytes(pair)))
                    .collect()
            }
            SampleFormat::TwoTwelve => decode_212(bytes),
        }
    }
}

/// The first sample of a pair is byte 0 with the low half of byte 1 above it; the second is
/// byte 2 with the high half of byte 1 above it.
fn decode_212(bytes: &[u8]) -> Vec<i32> {
    let (triples, rest) = bytes.as_chunks::<3>();
    let mut samples = Vec::with_capacity(triples.len() * 2 + 1);
    for &[first, shared, second] in triples {
        samples.push(sign_extended(
            u16::from(first) | (u16::from(shared & 0x0f) << 8),
        ));
        samples.push(sign_extended(
            u16::from(second) | (u16::from(shared & 0xf0) << 4),
        ));
    }
    if let &[first, shared] = rest {
        samples.push(sign_extended(
            u16::from(first) | (u16::from(shared & 0x0f) << 8),
        ));
    }
    samples
}

/// The 12-bit two's complement number in the low bits of `bits`.
fn sign_extended(bits: u16) -> i32 {
    i32::from((bits << 4) as i16 >> 4)
}

/// The 16-bit checksum of header(5): the sum of all samples modulo 2¹⁶.
pub(super) fn checksum(samples: impl IntoIterator<Item = i32>) -> i16 {
    samples
        .into_iter()
        .fold(0_i16, |sum, sample| sum.wrapping_add(sample as i16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The inverse of `decode_212`, written from the layout table of signal(5).
    fn encode_212(samples: &[i32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for pair in samples.chunks(2) {
            let first = pair[0] as u16 & 0x0fff;
            let second = pair.get(1).map_or(0, |&sample| sample as u16 & 0x0fff);
            bytes.push(first as u8);
            bytes.push((first >> 8) as u8 | ((second >> 8) << 4) as u8);
            if pair.len() == 2 {
                bytes.push(second as u8);
            }
        }
        bytes
    }

    #[test]
    fn known_bytes() {
        assert_eq!(
            SampleFormat::Sixteen.decode(&[0x34, 0x12, 0xff, 0xff, 0x00, 0x80]),
            [0x1234, -1, -32768]
        );
        // The first samples of MIT-BIH record 100 are 995 and 1011.
        assert_eq!(
            SampleFormat::TwoTwelve.decode(&[0xe3, 0x33, 0xf3]),
            [995, 1011]
        );
        assert_eq!(
            SampleFormat::TwoTwelve.decode(&[0xff, 0x8f, 0x00]),
            [-1, -2048]
        );
        assert_eq!(checksum([32767, 1]), -32768);
    }

    proptest! {
        #[test]
        fn packed_samples_survive(samples in prop::collection::vec(-2048_i32..2048, 0..200)) {
            let bytes = encode_212(&samples);
            let count = samples.len() as u64;
            prop_assert_eq!(SampleFormat::TwoTwelve.bytes(count), Some(bytes.len() as u64));
            prop_assert_eq!(SampleFormat::TwoTwelve.samples(bytes.len() as u64), count);
            prop_assert_eq!(SampleFormat::TwoTwelve.decode(&bytes), samples);
        }

        #[test]
        fn any_bytes_decode_within_range(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let packed = SampleFormat::TwoTwelve.decode(&bytes);
            prop_assert_eq!(packed.len() as u64, SampleFormat::TwoTwelve.samples(bytes.len() as u64));
            prop_assert!(packed.iter().all(|sample| (-2048..2048).contains(sample)));
            prop_assert_eq!(SampleFormat::Sixteen.decode(&bytes).len(), bytes.len() / 2);
        }
    }
}
