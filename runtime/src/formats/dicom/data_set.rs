//! Data sets of DICOM (PS3.5): elements by their tags, sequences of further data sets.
//!
//! Little endian, with explicit or implicit value representations (VR), sequences and items of stated
//! or open length. Only the elements of [`tag::is_read`] are kept; the others are stepped over.

use super::tag::{self, Tag};
use crate::formats::ReadErrorKind;
use crate::formats::bytes::{self, Bytes};

/// A length that is not stated: a delimiter comes.
const OPEN: u32 = u32::MAX;
/// An ECG nests four deep: waveforms, channels, source codes, their equivalents.
const DEEPEST: usize = 16;
/// Items of all sequences together: a day's annotations of every beat.
const MOST_ITEMS: usize = 300_000;
/// VRs whose length takes four bytes, after two that are reserved.
const LONG_REPRESENTATIONS: [&[u8; 2]; 13] = [
    b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV",
];

/// The elements of a data set that are read.
#[derive(Debug, Default)]
pub(super) struct DataSet<'a> {
    elements: Vec<(Tag, Value<'a>)>,
}

#[derive(Debug)]
enum Value<'a> {
    Bytes(&'a [u8]),
    Items(Vec<DataSet<'a>>),
}

impl<'a> DataSet<'a> {
    fn value(&self, tag: Tag) -> Option<&Value<'a>> {
        let (_, value) = self.elements.iter().find(|(own, _)| *own == tag)?;
        Some(value)
    }

    /// The bytes of an element that is no sequence.
    pub(super) fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        match self.value(tag)? {
            Value::Bytes(bytes) => Some(bytes),
            Value::Items(_) => None,
        }
    }

    /// The items of a sequence; none where it is absent.
    pub(super) fn items(&self, tag: Tag) -> &[DataSet<'a>] {
        match self.value(tag) {
            Some(Value::Items(items)) => items,
            _ => &[],
        }
    }

    /// The text of an element, if it has any.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let text = bytes::text(self.bytes(tag)?);
        (!text.is_empty()).then_some(text)
    }

    /// A decimal string; the first, where there are several.
    pub(super) fn decimal(&self, tag: Tag) -> Option<f64> {
        let text = self.text(tag)?;
        let first = text.split('\\').next()?.trim();
        first.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// A number of two or four bytes.
    pub(super) fn unsigned(&self, tag: Tag) -> Option<u32> {
        let value = self.bytes(tag)?;
        let mut bytes = Bytes::new(value);
        match value.len() {
            2 => bytes.u16().map(u32::from),
            4 => bytes.u32(),
            _ => None,
        }
    }
}

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Representation {
    /// With their VR.
    Explicit,
    /// Without.
    Implicit,
}

/// Reads the file's meta information, which is group 2, off `bytes`.
pub(super) fn read_meta<'a>(bytes: &mut Bytes<'a>) -> Result<DataSet<'a>, ReadErrorKind> {
    let mut parser = Parser {
        items: 0,
        until: 0x0003_0000,
    };
    parser.data_set(bytes, Representation::Explicit, false, 0)
}

/// Reads a whole object, up to its pixel data if it has any.
pub(super) fn read<'a>(
    bytes: &mut Bytes<'a>,
    representation: Representation,
) -> Result<DataSet<'a>, ReadErrorKind> {
    let mut parser = Parser {
        items: 0,
        until: tag::PIXEL_DATA,
    };
    parser.data_set(bytes, representation, false, 0)
}

struct Parser {
    /// Items so far.
    items: usize,
    /// The first tag of the outermost data set that is not read any more.
    until: Tag,
}

/// What comes before the value of an element.
struct Header {
    tag: Tag,
    is_sequence: bool,
    is_unknown: bool,
    length: u32,
}

impl Header {
    fn read(bytes: &mut Bytes<'_>, representation: Representation) -> Option<Header> {
        let (group, element) = (bytes.u16()?, bytes.u16()?);
        let tag = Tag::from(group) << 16 | Tag::from(element);
        let known_sequence = tag::SEQUENCES.contains(&tag);
        // Items and delimiters never have a VR.
        if representation == Representation::Implicit || group == 0xfffe {
            return Some(Header {
                tag,
                is_sequence: known_sequence,
                is_unknown: false,
                length: bytes.u32()?,
            });
        }
        let name: [u8; 2] = bytes.array()?;
        let length = if LONG_REPRESENTATIONS.contains(&&name) {
            bytes.u16()?;
            bytes.u32()?
        } else {
            u32::from(bytes.u16()?)
        };
        let is_unknown = &name == b"UN";
        Some(Header {
            tag,
            is_sequence: &name == b"SQ" || is_unknown && known_sequence,
            is_unknown,
            length,
        })
    }
}

impl Parser {
    /// Elements up to the end of `bytes`, or up to the delimiter of an item of open length.
    fn data_set<'a>(
        &mut self,
        bytes: &mut Bytes<'a>,
        representation: Representation,
        open: bool,
        depth: usize,
    ) -> Result<DataSet<'a>, ReadErrorKind> {
        let mut set = DataSet::default();
        loop {
            if bytes.is_empty() && !open {
                return Ok(set);
            }
            let mut ahead = *bytes;
            let header = Header::read(&mut ahead, representation).ok_or_else(cut_off)?;
            if depth == 0 && header.tag >= self.until {
                return Ok(set);
            }
            *bytes = ahead;
            if header.tag == tag::ITEM_END {
                if open {
                    return Ok(set);
                }
                return Err(element_error(header.tag, "ends an item that was not open"));
            }
            let value = self.value(bytes, &header, representation, depth)?;
            // Elements come in ascending order and once; of what breaks this rule, the first counts.
            if tag::is_read(header.tag) && set.value(header.tag).is_none() {
                set.elements.push((header.tag, value));
            }
        }
    }

    fn value<'a>(
        &mut self,
        bytes: &mut Bytes<'a>,
        header: &Header,
        representation: Representation,
        depth: usize,
    ) -> Result<Value<'a>, ReadErrorKind> {
        // What is of unknown VR is written implicitly, whatever surrounds it.
        let inside = if header.is_unknown {
            Representation::Implicit
        } else {
            representation
        };
        if header.length == OPEN {
            return Ok(Value::Items(self.sequence(bytes, inside, true, depth)?));
        }
        let content = bytes
            .take(header.length as usize)
            .ok_or_else(|| element_error(header.tag, "runs past the end of what holds it"))?;
        if !header.is_sequence {
            return Ok(Value::Bytes(content));
        }
        let mut content = Bytes::new(content);
        let items = self.sequence(&mut content, inside, false, depth)?;
        Ok(Value::Items(items))
    }

    fn sequence<'a>(
        &mut self,
        bytes: &mut Bytes<'a>,
        representation: Representation,
        open: bool,
        depth: usize,
    ) -> Result<Vec<DataSet<'a>>, ReadErrorKind> {
        let mut items = Vec::new();
        if depth == DEEPEST {
            let problem = format!("begins an item more than {DEEPEST} deep");
            return Err(element_error(tag::ITEM, &problem));
        }
        loop {
            if bytes.is_empty() && !open {
                return Ok(items);
            }
            let header = Header::read(bytes, representation).ok_or_else(cut_off)?;
            match header.tag {
                tag::SEQUENCE_END if open => return Ok(items),
                tag::ITEM => {}
                other => {
                    return Err(element_error(
                        other,
                        "is where an item of a sequence must be",
                    ));
                }
            }
            self.items += 1;
            if self.items > MOST_ITEMS {
                let problem = format!("occurs more than {MOST_ITEMS} times");
                return Err(element_error(tag::ITEM, &problem));
            }
            let item = if header.length == OPEN {
                self.data_set(bytes, representation, true, depth + 1)?
            } else {
                let content = bytes.take(header.length as usize).ok_or_else(cut_off)?;
                self.data_set(&mut Bytes::new(content), representation, false, depth + 1)?
            };
            items.push(item);
        }
    }
}

fn cut_off() -> ReadErrorKind {
    ReadErrorKind::Element {
        element: "a DICOM element".to_owned(),
        problem: "is cut off by the end of what holds it; copy the file again".to_owned(),
    }
}

/// What is wrong with an element.
pub(super) fn element_error(tag: Tag, problem: &str) -> ReadErrorKind {
    ReadErrorKind::Element {
        element: format!("the DICOM element {}", tag::name(tag)),
        problem: problem.to_owned(),
    }
}
