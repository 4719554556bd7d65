//! The head of NumPy's `.npy` files: magic, version, and a Python dictionary of type, order and shape.
//!
//! The format is NumPy's own (`numpy.lib.format`); arrays are little-endian and in C order here, as NumPy writes them
//! on every common machine, and anything else is refused by name.

/// Bytes of the head that is written: enough for any shape, so that a head can be written again over the first one when
/// the number of subjects is known.
pub const HEAD_BYTES: u64 = 128;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Bytes of magic, version and a length of version 1.
const PREAMBLE: usize = 10;
/// The longest dictionary that is read; ours take 118 bytes.
const LONGEST: usize = 1 << 16;

/// A number that arrays hold.
pub trait Element: Copy + Send + Sync + 'static {
    /// Its type, as NumPy writes it.
    const TYPE: &'static str;
    /// Bytes of one.
    const BYTES: usize;
    /// Numbers from the bytes of a file; a rest that makes no whole number is dropped.
    fn decode(bytes: Vec<u8>) -> Vec<Self>;
    /// Appends the bytes of numbers.
    fn encode(values: &[Self], bytes: &mut Vec<u8>);
}

impl Element for u8 {
    const TYPE: &'static str = "|u1";
    const BYTES: usize = 1;

    fn decode(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    fn encode(values: &[u8], bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(values);
    }
}

impl Element for f32 {
    const TYPE: &'static str = "<f4";
    const BYTES: usize = 4;

    fn decode(bytes: Vec<u8>) -> Vec<f32> {
        let (numbers, _) = bytes.as_chunks::<4>();
        numbers
            .iter()
            .map(|&four| f32::from_le_bytes(four))
            .collect()
    }

    fn encode(values: &[f32], bytes: &mut Vec<u8>) {
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
}

/// The head of an array of [`HEAD_BYTES`] bytes.
pub fn head<T: Element>(shape: &[usize]) -> Vec<u8> {
    let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    // A Python tuple of one needs its comma.
    let comma = if shape.len() == 1 { "," } else { "" };
    let dictionary = format!(
        "{{'descr': '{}', 'fortran_order': False, 'shape': ({}{comma}), }}",
        T::TYPE,
        sizes.join(", ")
    );
    let length = HEAD_BYTES as usize - PREAMBLE;
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(dictionary.as_bytes());
    bytes.resize(HEAD_BYTES as usize - 1, b' ');
    bytes.push(b'\n');
    bytes
}

/// Reads the head of an array of `T` in C order: its shape, and where its numbers begin.
///
/// # Errors
/// As a sentence's end, what is wrong with the file.
pub fn read_head<T: Element>(mut source: impl std::io::Read) -> Result<(Vec<usize>, u64), String> {
    let mut read = |length: usize| -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; length];
        match source.read_exact(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err("it ends within its head; it was cut off".to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    };
    let start = read(MAGIC.len() + 2)?;
    let version = match start.split_at(MAGIC.len()) {
        (magic, &[major, _]) if magic == MAGIC => major,
        _ => return Err("it is no NumPy array (.npy)".to_owned()),
    };
    let length_bytes = if version == 1 { 2 } else { 4 };
    if !(1..=3).contains(&version) {
        return Err(format!("it is of .npy version {version}; 1 to 3 are known"));
    }
    let length = read(length_bytes)?
        .iter()
        .rev()
        .fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
    if length > LONGEST {
        return Err("its head is damaged".to_owned());
    }
    let dictionary = String::from_utf8_lossy(&read(length)?).into_owned();
    let shape = parse::<T>(&dictionary)?;
    let offset = start.len() + length_bytes + length;
    Ok((shape, offset as u64))
}

fn parse<T: Element>(dictionary: &str) -> Result<Vec<usize>, String> {
    let damaged = || "its head is damaged".to_owned();
    let value = |key: &str| -> Result<&str, String> {
        let at = dictionary.find(key).ok_or_else(damaged)?;
        let rest = dictionary[at + key.len()..].trim_start_matches(['\'', '"']);
        rest.trim_start()
            .strip_prefix(':')
            .map(str::trim_start)
            .ok_or_else(damaged)
    };
    let descr = value("descr")?;
    let found = match descr.strip_prefix(['\'', '"']) {
        Some(rest) => rest.split(['\'', '"']).next().unwrap_or_default(),
        None => "records",
    };
    if found != T::TYPE {
        return Err(format!("it holds {found}, not {}", T::TYPE));
    }
    if !value("fortran_order")?.starts_with("False") {
        return Err(
            "it is in Fortran order; save it by numpy.save(path, numpy.ascontiguousarray(array))"
                .to_owned(),
        );
    }
    let shape = value("shape")?
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .ok_or_else(damaged)?
        .0;
    shape
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(|size| size.parse().map_err(|_| damaged()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_head_says_the_shape_it_was_given(shape in prop::collection::vec(0usize..100_000_000, 1..6)) {
            let bytes = head::<f32>(&shape);
            prop_assert_eq!(bytes.len() as u64, HEAD_BYTES);
            prop_assert_eq!(read_head::<f32>(&bytes[..]), Ok((shape, HEAD_BYTES)));
        }

        #[test]
        fn nothing_that_is_read_panics(bytes in prop::collection::vec(any::<u8>(), 0..60), cut in 0usize..=128) {
            let _ = read_head::<u8>(&bytes[..]);
            let mut begun = head::<u8>(&[3, 4])[..cut].to_vec();
            begun.extend(bytes);
            let _ = read_head::<u8>(&begun[..]);
            let _ = parse::<u8>(&String::from_utf8_lossy(&begun));
        }

        #[test]
        fn numbers_survive(values in prop::collection::vec(any::<f32>(), 0..50)) {
            let mut bytes = Vec::new();
            f32::encode(&values, &mut bytes);
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&f32::decode(bytes)), bits(&values));
        }
    }

    #[test]
    fn heads_of_numpy_and_of_others() {
        // As numpy 2 writes them, for versions 1 and 2.
        let one = "{'descr': '|u1', 'fortran_order': False, 'shape': (7,), }";
        assert_eq!(parse::<u8>(one), Ok(vec![7]));
        let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
        bytes.extend((one.len() as u32).to_le_bytes());
        bytes.extend(one.as_bytes());
        assert_eq!(
            read_head::<u8>(&bytes[..]),
            Ok((vec![7], 12 + one.len() as u64))
        );

        let refusal = |head: &str| parse::<f32>(head).unwrap_err();
        assert!(refusal(one).contains("|u1, not <f4"));
        let fortran = "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2)}";
        assert!(refusal(fortran).contains("Fortran order"));
        let records = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}";
        assert!(refusal(records).contains("records"));
        assert!(
            refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (3, x)}")
                .contains("damaged")
        );
        assert!(
            read_head::<f32>(&b"\x93NUM"[..])
                .unwrap_err()
                .contains("cut off")
        );
        assert!(
            read_head::<f32>(&b"PK\x03\x04 and so on"[..])
                .unwrap_err()
                .contains("no NumPy array")
        );
    }
}
