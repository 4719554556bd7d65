//! The data elements of a level 5 file: a tag with type and length, the data, and padding.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::ZlibDecoder;

/// Bytes behind all compressed elements, however small they are: almost three minutes of twelve doubles
/// at 500 Hz. Stored as single bytes, so many samples take 32 MB, twice.
const MAX_INFLATED: u64 = 8 << 20;
const COMPRESSED: u32 = 15;
const MATRIX: u32 = 14;
/// The array classes that are read, besides the numeric ones.
const STRUCT: u8 = 2;
const CHARACTERS: u8 = 4;
/// From double to uint64.
const NUMERIC: std::ops::RangeInclusive<u8> = 6..=15;
/// Bit of the flags that says that there is an imaginary part as well.
const COMPLEX: u8 = 0x08;
/// A struct of this collection has three.
const MAX_FIELDS: usize = 64;

/// The file does not hold what its tags say.
#[derive(Debug)]
pub(super) struct Damaged;

/// A named value.
pub(super) struct Array {
    pub(super) rows: usize,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// Column by column.
    Numbers(Vec<f32>),
    Text(String),
    Struct(BTreeMap<String, Array>),
    /// Of a class not read here.
    Other,
}

impl Array {
    /// A text, or a single number as text.
    pub(super) fn text_or_number(&self) -> Option<String> {
        match &self.content {
            Content::Text(text) => Some(text.clone()),
            Content::Numbers(numbers) => match numbers.as_slice() {
                [number] => Some(number.to_string()),
                _ => None,
            },
            Content::Struct(_) | Content::Other => None,
        }
    }
}

/// The array called `name` among the elements of a file.
pub(super) fn top_level(mut bytes: &[u8], name: &str) -> Result<Option<Array>, Damaged> {
    let mut allowed = MAX_INFLATED;
    while !bytes.is_empty() {
        let element = Element::take(&mut bytes)?;
        let found = match element.kind {
            COMPRESSED => {
                let inflated = inflate(element.data, allowed)?;
                allowed -= inflated.len() as u64;
                let element = Element::take(&mut inflated.as_slice())?;
                matrix_called(&element, name)?
            }
            _ => matrix_called(&element, name)?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Inflates `data` to at most `allowed` bytes.
fn inflate(data: &[u8], allowed: u64) -> Result<Vec<u8>, Damaged> {
    let mut inflated = Vec::new();
    let mut decoder = ZlibDecoder::new(data).take(allowed + 1);
    decoder.read_to_end(&mut inflated).map_err(|_| Damaged)?;
    if inflated.len() as u64 > allowed {
        return Err(Damaged);
    }
    Ok(inflated)
}

/// The array in `element`, if it is one of that name.
fn matrix_called(element: &Element<'_>, name: &str) -> Result<Option<Array>, Damaged> {
    if element.kind != MATRIX {
        return Ok(None);
    }
    let (found, array) = matrix(element.data, true)?;
    Ok((found == name.as_bytes()).then_some(array))
}

/// A tag with its data.
struct Element<'a> {
    kind: u32,
    data: &'a [u8],
}

impl<'a> Element<'a> {
    /// Reads one element and moves `bytes` behind it.
    fn take(bytes: &mut &'a [u8]) -> Result<Element<'a>, Damaged> {
        let (&first, rest) = bytes.split_first_chunk::<4>().ok_or(Damaged)?;
        let (&second, after) = rest.split_first_chunk::<4>().ok_or(Damaged)?;
        let (first, second) = (u32::from_le_bytes(first), u32::from_le_bytes(second));
        // Up to four bytes share the tag's room; their number is in its upper half.
        if first >> 16 != 0 {
            let data = rest
                .get(..(first >> 16) as usize)
                .filter(|data| data.len() <= 4);
            *bytes = after;
            let data = data.ok_or(Damaged)?;
            return Ok(Element {
                kind: first & 0xffff,
                data,
            });
        }
        let length = second as usize;
        let data = after.get(..length).ok_or(Damaged)?;
        let padded = match first {
            COMPRESSED => length,
            _ => length.next_multiple_of(8),
        };
        // The last element's padding may be missing.
        *bytes = after.get(padded..).unwrap_or_default();
        Ok(Element { kind: first, data })
    }

    /// The element's numbers, whatever type they are stored in.
    fn numbers(&self) -> Result<Vec<f32>, Damaged> {
        fn each<const N: usize>(data: &[u8], number: fn([u8; N]) -> f32) -> Vec<f32> {
            let (groups, _) = data.as_chunks::<N>();
            groups.iter().map(|&group| number(group)).collect()
        }
        Ok(match self.kind {
            1 => each(self.data, |[byte]| f32::from(byte as i8)),
            2 => each(self.data, |[byte]| f32::from(byte)),
            3 => each(self.data, |two| f32::from(i16::from_le_bytes(two))),
            4 => each(self.data, |two| f32::from(u16::from_le_bytes(two))),
            5 => each(self.data, |four| i32::from_le_bytes(four) as f32),
            6 => each(self.data, |four| u32::from_le_bytes(four) as f32),
            7 => each(self.data, f32::from_le_bytes),
            9 => each(self.data, |eight| f64::from_le_bytes(eight) as f32),
            12 => each(self.data, |eight| i64::from_le_bytes(eight) as f32),
            13 => each(self.data, |eight| u64::from_le_bytes(eight) as f32),
            _ => return Err(Damaged),
        })
    }

    /// The element's letters, of 8 bits or of 16.
    fn text(&self) -> String {
        match self.kind {
            4 | 17 => {
                let (pairs, _) = self.data.as_chunks::<2>();
                let letters: Vec<u16> =
                    pairs.iter().map(|&pair| u16::from_le_bytes(pair)).collect();
                String::from_utf16_lossy(&letters)
            }
            _ => String::from_utf8_lossy(self.data).into_owned(),
        }
    }

    /// The element's whole numbers, which must be of 32 bits.
    fn integers(&self) -> impl Iterator<Item = usize> {
        let (fours, _) = self.data.as_chunks::<4>();
        fours
            .iter()
            .map(|&four| usize::try_from(u32::from_le_bytes(four)).unwrap_or(usize::MAX))
    }
}

/// The name and the value of an array. Structs within structs are not looked into.
fn matrix(mut data: &[u8], look_into_struct: bool) -> Result<(&[u8], Array), Damaged> {
    // An empty array may have no content at all.
    if data.is_empty() {
        let content = Content::Other;
        return Ok((&[], Array { rows: 0, content }));
    }
    let flags = Element::take(&mut data)?.data;
    let (&class, &flags) = (flags.first().ok_or(Damaged)?, flags.get(1).ok_or(Damaged)?);
    let dimensions: Vec<usize> = Element::take(&mut data)?.integers().take(3).collect();
    let &[rows, columns] = dimensions.as_slice() else {
        return Err(Damaged);
    };
    let name = Element::take(&mut data)?.data;
    let content = match class {
        STRUCT if look_into_struct && rows == 1 && columns == 1 => fields(data)?,
        CHARACTERS => {
            let text = Element::take(&mut data)?;
            Content::Text(text.text())
        }
        class if NUMERIC.contains(&class) && flags & COMPLEX == 0 => {
            let numbers = Element::take(&mut data)?.numbers()?;
            if rows.checked_mul(columns) != Some(numbers.len()) {
                return Err(Damaged);
            }
            Content::Numbers(numbers)
        }
        _ => Content::Other,
    };
    Ok((name, Array { rows, content }))
}

/// The fields of a struct: the length of names, the names, and one array each.
fn fields(mut data: &[u8]) -> Result<Content, Damaged> {
    let length = Element::take(&mut data)?.integers().next().ok_or(Damaged)?;
    let names = Element::take(&mut data)?.data;
    if length == 0 || names.len() / length > MAX_FIELDS {
        return Err(Damaged);
    }
    let mut fields = BTreeMap::new();
    for name in names.chunks_exact(length) {
        let end = name.iter().position(|&byte| byte == 0).unwrap_or(length);
        let name = String::from_utf8_lossy(&name[..end]).into_owned();
        let element = Element::take(&mut data)?;
        if element.kind != MATRIX {
            return Err(Damaged);
        }
        fields.insert(name, matrix(element.data, false)?.1);
    }
    Ok(Content::Struct(fields))
}
