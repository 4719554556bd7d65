//! Section 2: the Huffman tables, and numbers decoded with them.
//!
//! A code is a prefix that a table lists; behind it may follow more bits, a signed number. A code may
//! also switch to another table. Bits are taken from the most significant of each byte on; the prefix
//! in a table has its first bit least significant. Each lead begins with the first table.

use super::record::section_error;
use crate::formats::ReadErrorKind;
use crate::formats::bytes::Bytes;

/// The number of tables that stands for the table of Annex C.
const DEFAULT_TABLE: u16 = 19999;
/// More codes than this, in all tables together, help nobody: there are 65536 numbers to tell apart,
/// and the default table has 19 codes.
const MOST_CODES: usize = 4096;
const LONGEST_PREFIX: u8 = 32;
const MOST_EXTRA_BITS: u8 = 16;

/// How the numbers of sections 5 and 6 are written.
pub(super) enum Coding {
    /// As they are, 16 bits each.
    Plain,
    /// In Huffman codes; there is at least one table.
    Huffman(Vec<Table>),
}

/// A table as a binary tree; the root is the first node.
pub(super) struct Table {
    nodes: Vec<[Branch; 2]>,
}

#[derive(Clone, Copy)]
enum Branch {
    Missing,
    Node(usize),
    Code(Code),
}

#[derive(Clone, Copy)]
struct Code {
    /// Bits behind the prefix.
    extra_bits: u8,
    meaning: Meaning,
}

#[derive(Clone, Copy)]
enum Meaning {
    /// The number, to which the extra bits are added.
    Number(i16),
    /// Table to go on with, counted from 0.
    Switch(usize),
}

impl Coding {
    /// Reads section 2; a record without it has plain numbers.
    pub(super) fn read(section: Option<&[u8]>) -> Result<Coding, ReadErrorKind> {
        let Some(section) = section else {
            return Ok(Coding::Plain);
        };
        let wrong = |problem: &str| section_error(2, problem);
        let mut bytes = Bytes::new(section);
        let count = match bytes.u16() {
            None | Some(0) => return Ok(Coding::Plain),
            Some(DEFAULT_TABLE) => return Ok(Coding::Huffman(vec![Table::default_table()])),
            Some(count) => usize::from(count),
        };
        let mut tables = Vec::new();
        let mut codes = 0;
        for _ in 0..count {
            let mut table = Table::empty();
            for _ in 0..bytes.u16().ok_or_else(|| wrong("ends within a table"))? {
                codes += 1;
                if codes > MOST_CODES {
                    let problem = format!("has more than {MOST_CODES} codes");
                    return Err(wrong(&problem));
                }
                let entry = Entry::read(&mut bytes).ok_or_else(|| wrong("ends within a table"))?;
                let code = entry.code(count).map_err(|problem| wrong(&problem))?;
                if table
                    .insert(entry.prefix_bits, entry.prefix, code)
                    .is_none()
                {
                    return Err(wrong("has a code that begins with another code"));
                }
            }
            tables.push(table);
        }
        Ok(Coding::Huffman(tables))
    }

    /// Decodes the numbers of one lead, `count` of them.
    ///
    /// # Errors
    /// The number of those decoded, where the bytes end before or hold no code of the table.
    pub(super) fn decode(&self, bytes: &[u8], count: usize) -> Result<Vec<i16>, usize> {
        match self {
            Coding::Plain => {
                let mut bytes = Bytes::new(bytes);
                let mut numbers = Vec::with_capacity(count.min(bytes.rest().len() / 2));
                while numbers.len() < count {
                    numbers.push(bytes.i16().ok_or(numbers.len())?);
                }
                Ok(numbers)
            }
            Coding::Huffman(tables) => {
                let mut bits = Bits { bytes, taken: 0 };
                let mut table = 0;
                let mut numbers = Vec::with_capacity(count.min(bytes.len().saturating_mul(8)));
                while numbers.len() < count {
                    let code = tables
                        .get(table)
                        .and_then(|table| table.next_code(&mut bits))
                        .ok_or(numbers.len())?;
                    let extra = bits.signed(code.extra_bits).ok_or(numbers.len())?;
                    match code.meaning {
                        Meaning::Number(base) => numbers.push(base.wrapping_add(extra)),
                        Meaning::Switch(to) => table = to,
                    }
                }
                Ok(numbers)
            }
        }
    }
}

/// A code as section 2 lists it.
struct Entry {
    prefix_bits: u8,
    code_bits: u8,
    mode: u8,
    base_value: i16,
    prefix: u32,
}

impl Entry {
    fn read(bytes: &mut Bytes<'_>) -> Option<Entry> {
        Some(Entry {
            prefix_bits: bytes.u8()?,
            code_bits: bytes.u8()?,
            mode: bytes.u8()?,
            base_value: bytes.i16()?,
            prefix: bytes.u32()?,
        })
    }

    fn code(&self, tables: usize) -> Result<Code, String> {
        let extra_bits = self.code_bits.checked_sub(self.prefix_bits);
        let extra_bits = extra_bits.filter(|&bits| bits <= MOST_EXTRA_BITS);
        let (Some(extra_bits), 1..=LONGEST_PREFIX) = (extra_bits, self.prefix_bits) else {
            return Err(format!(
                "has a code of {} bits, {} of them prefix, which is impossible",
                self.code_bits, self.prefix_bits
            ));
        };
        let meaning = if self.mode == 1 {
            Meaning::Number(self.base_value)
        } else {
            let table = usize::try_from(self.base_value)
                .ok()
                .and_then(|number| number.checked_sub(1))
                .filter(|&table| table < tables);
            let Some(table) = table else {
                return Err(format!(
                    "has a code that switches to table {} of {tables}",
                    self.base_value
                ));
            };
            Meaning::Switch(table)
        };
        Ok(Code {
            extra_bits,
            meaning,
        })
    }
}

impl Table {
    fn empty() -> Table {
        Table {
            nodes: vec![[Branch::Missing; 2]],
        }
    }

    /// The table of EN 1064, Annex C: 0 is 0; one to eight ones, a zero and the sign are ±1 to ±8;
    /// nine ones and a zero come before a number of 8 bits, ten ones before one of 16 bits.
    fn default_table() -> Table {
        let mut table = Table::empty();
        let mut code = |bits: u8, prefix: u32, extra_bits: u8, number: i16| {
            let meaning = Meaning::Number(number);
            table
                .insert(
                    bits,
                    prefix,
                    Code {
                        extra_bits,
                        meaning,
                    },
                )
                .expect("the codes of the default table are distinct");
        };
        code(1, 0, 0, 0);
        for ones in 1..=8u8 {
            let prefix = (1 << ones) - 1;
            code(ones + 2, prefix, 0, i16::from(ones));
            code(ones + 2, prefix | 1 << (ones + 1), 0, -i16::from(ones));
        }
        code(10, 0x1ff, 8, 0);
        code(10, 0x3ff, 16, 0);
        table
    }

    /// Enters a code under a prefix, unless one of it and the prefixes before begins the other.
    fn insert(&mut self, bits: u8, prefix: u32, code: Code) -> Option<()> {
        let mut node = 0;
        for bit in 0..bits {
            let side = (prefix >> bit & 1) as usize;
            let next = self.nodes.len();
            let branch = &mut self.nodes[node][side];
            if bit + 1 == bits {
                let Branch::Missing = branch else { return None };
                *branch = Branch::Code(code);
            } else {
                match *branch {
                    Branch::Code(_) => return None,
                    Branch::Node(existing) => node = existing,
                    Branch::Missing => {
                        *branch = Branch::Node(next);
                        self.nodes.push([Branch::Missing; 2]);
                        node = next;
                    }
                }
            }
        }
        Some(())
    }

    fn next_code(&self, bits: &mut Bits<'_>) -> Option<Code> {
        let mut node = 0;
        loop {
            match self.nodes[node][usize::from(bits.next()?)] {
                Branch::Missing => return None,
                Branch::Node(next) => node = next,
                Branch::Code(code) => return Some(code),
            }
        }
    }
}

/// Bits, the most significant of each byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    taken: usize,
}

impl Bits<'_> {
    fn next(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.taken / 8)?;
        let bit = byte >> (7 - self.taken % 8) & 1;
        self.taken += 1;
        Some(bit == 1)
    }

    /// A number in two's complement of so many bits, at most 16; 0 bits are 0.
    fn signed(&mut self, bits: u8) -> Option<i16> {
        let mut number = 0i16;
        for place in 0..bits {
            let bit = i16::from(self.next()?);
            number = if place == 0 { -bit } else { number << 1 | bit };
        }
        Some(number)
    }
}
