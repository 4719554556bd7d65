//! The pixels of a large colour image as the data of a PNG, packed in a few milliseconds.
//!
//! A search for repetitions takes most of the time of a PNG and gains little on magnified pictures. Here each pixel is
//! predicted from its neighbours by Paeth's filter (PNG specification, third edition, 9.4), and what remains is
//! written in the codes of one Huffman table (RFC 1951, 3.2.7), with runs of zeros as the only repetitions. The table
//! is fitted to every sixteenth row. In grey pixels the three remainders are equal and looked up at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use simd_adler32::Adler32;

/// Number of PNG's filter type.
const PAETH: u8 = 4;

/// Bytes, the end of the data, and lengths of repetitions.
const SYMBOLS: usize = 286;

/// The symbol that ends the data.
const END: usize = 256;

/// The symbol of the shortest repetitions, of 3 bytes.
const FIRST_LENGTH: usize = 257;

/// Bits of a code at the most (RFC 1951, 3.2.7).
const LONGEST_CODE: u8 = 15;

/// The longest repetition.
const LONGEST_RUN: usize = 258;

/// Shorter runs of zeros are as short in codes of their own.
const SHORTEST_RUN: usize = 12;

/// Rows from one that the table is fitted to to the next.
const SAMPLED: usize = 16;

/// Shortest repetition of each length symbol (RFC 1951, 3.2.5).
const LENGTHS: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];

/// Further bits of each length symbol.
const FURTHER_BITS: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];

/// The image as a zlib stream (RFC 1950) of filtered rows, `width` pixels each.
pub(super) fn pack(pixels: &[[u8; 3]], width: usize) -> Vec<u8> {
    let blank = vec![[0; 3]; width];
    let mut filtered = vec![[0; 3]; width];
    let rows = || {
        let above = std::iter::once(&blank[..]).chain(pixels.chunks_exact(width));
        pixels.chunks_exact(width).zip(above)
    };
    let mut counts = Counts([1; SYMBOLS]);
    for (row, above) in rows().step_by(SAMPLED) {
        filter(row, above, &mut filtered);
        each_token(&filtered, &mut counts);
    }
    let mut writer = Writer::new(&counts.0, pixels.len());
    let mut checksum = Adler32::new();
    for (row, above) in rows() {
        filter(row, above, &mut filtered);
        checksum.write(&[PAETH]);
        checksum.write(filtered.as_flattened());
        writer.row(&filtered);
    }
    writer.finish(checksum.finish())
}

/// What remains of a row when each byte is predicted from those at its left, above, and between.
fn filter(row: &[[u8; 3]], above: &[[u8; 3]], filtered: &mut [[u8; 3]]) {
    let (row, above, filtered) = (
        row.as_flattened(),
        above.as_flattened(),
        filtered.as_flattened_mut(),
    );
    // At the left border only the byte above is known; a row has at least one pixel.
    let (first, filtered) = filtered.split_at_mut(3);
    for ((remainder, &byte), &up) in first.iter_mut().zip(row).zip(above) {
        *remainder = byte.wrapping_sub(up);
    }
    // Plain slices, which the compiler turns into vector instructions.
    let (bytes, lefts) = (&row[3..], &row[..row.len() - 3]);
    let (ups, corners) = (&above[3..], &above[..above.len() - 3]);
    let neighbours = lefts.iter().zip(ups).zip(corners);
    for ((remainder, &byte), ((&left, &up), &corner)) in
        filtered.iter_mut().zip(bytes).zip(neighbours)
    {
        *remainder = byte.wrapping_sub(predicted(left, up, corner));
    }
}

fn predicted(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let (from_left, from_up, from_corner) = ((b - c).abs(), (a - c).abs(), (a + b - 2 * c).abs());
    let upper = if from_up <= from_corner { up } else { corner };
    let left_is_best = (from_left <= from_up) & (from_left <= from_corner);
    if left_is_best { left } else { upper }
}

/// Takes what a row consists of.
trait TakeTokens {
    /// A byte three times.
    fn gray(&mut self, byte: u8);
    /// Three bytes.
    fn colour(&mut self, bytes: [u8; 3]);
    /// The byte before once more, so many times: 3 to [`LONGEST_RUN`].
    fn repetition(&mut self, length: usize);
}

/// Cuts a filtered row into pixels and runs of zeros.
#[inline]
fn each_token(filtered: &[[u8; 3]], taker: &mut impl TakeTokens) {
    let mut zeros = 0;
    for &pixel in filtered {
        if pixel == [0; 3] {
            zeros += 3;
            continue;
        }
        take_zeros(&mut zeros, taker);
        let [first, second, third] = pixel;
        if first == second && second == third {
            taker.gray(first);
        } else {
            taker.colour(pixel);
        }
    }
    take_zeros(&mut zeros, taker);
}

/// So many zeros, a multiple of three.
#[inline]
fn take_zeros(zeros: &mut usize, taker: &mut impl TakeTokens) {
    let mut left = std::mem::take(zeros);
    while left >= SHORTEST_RUN {
        taker.gray(0);
        let run = (left - 3).min(LONGEST_RUN);
        taker.repetition(run);
        left -= 3 + run;
    }
    for _ in 0..left / 3 {
        taker.gray(0);
    }
}

/// The symbol of a repetition, its further bits, and how many these are.
fn length_symbol(length: usize) -> (usize, u64, u8) {
    let place = LENGTHS.partition_point(|&shortest| usize::from(shortest) <= length) - 1;
    let further = length - usize::from(LENGTHS[place]);
    (FIRST_LENGTH + place, further as u64, FURTHER_BITS[place])
}

/// How often each symbol occurs.
struct Counts([u32; SYMBOLS]);

impl TakeTokens for Counts {
    fn gray(&mut self, byte: u8) {
        self.0[usize::from(byte)] += 3;
    }

    fn colour(&mut self, bytes: [u8; 3]) {
        for byte in bytes {
            self.0[usize::from(byte)] += 1;
        }
    }

    fn repetition(&mut self, length: usize) {
        self.0[length_symbol(length).0] += 1;
    }
}

/// Bits of a code, the first in the lowest place, and their number.
#[derive(Clone, Copy, Default)]
struct Code {
    bits: u64,
    length: u8,
}

impl Code {
    fn then(self, next: Self) -> Self {
        Self {
            bits: self.bits | next.bits << self.length,
            length: self.length + next.length,
        }
    }
}

/// The stream as far as it is written.
struct Writer {
    /// Longer than what is written.
    bytes: Vec<u8>,
    end: usize,
    waiting: Code,
    codes: [Code; SYMBOLS],
    grays: [Code; 256],
}

impl Writer {
    /// The header of the stream and its only block, with codes for symbols that occur so often.
    fn new(counts: &[u32; SYMBOLS], pixels: usize) -> Self {
        let lengths = code_lengths(counts);
        let codes = canonical(&lengths);
        let mut grays = [Code::default(); 256];
        for (gray, &code) in grays.iter_mut().zip(&codes) {
            *gray = code.then(code).then(code);
        }
        let mut writer = Self {
            bytes: vec![0; pixels / 2],
            end: 0,
            waiting: Code::default(),
            codes,
            grays,
        };
        writer.with_pen(SYMBOLS, |pen| {
            // Deflate with a window of 32 kB, no dictionary, the fastest level.
            pen.bits(0x78, 8);
            pen.bits(0x01, 8);
            // The last block, with a table of its own, of 286 symbols and one distance.
            for (bits, length) in [(1, 1), (2, 2), (29, 5), (0, 5), (15, 4)] {
                pen.bits(bits, length);
            }
            // Code lengths from 0 to 15 take 4 bits each; their codes for repetitions, which come first, are not used.
            for place in 0..19 {
                pen.bits(if place < 3 { 0 } else { 4 }, 3);
            }
            // The only distance, 1, has a code of one bit.
            for length in lengths.into_iter().chain([1]) {
                pen.bits(u64::from(length.reverse_bits() >> 4), 4);
            }
        });
        writer
    }

    /// A row that was filtered.
    fn row(&mut self, filtered: &[[u8; 3]]) {
        self.with_pen(filtered.len() + 1, |pen| {
            pen.put(pen.codes[usize::from(PAETH)]);
            each_token(filtered, pen);
        });
    }

    /// Lends the end of the stream, with room for so many pixels, to a pen, whose few fields stay in the processor's
    /// registers.
    #[inline]
    fn with_pen(&mut self, pixels: usize, write: impl FnOnce(&mut Pen<'_>)) {
        // Three codes of 15 bits take less than 6 bytes, and the last code is written with 8.
        let room = self.end + 6 * pixels + 8;
        if self.bytes.len() < room {
            self.bytes.resize(2 * room, 0);
        }
        let mut pen = Pen {
            bytes: &mut self.bytes,
            end: self.end,
            waiting: self.waiting,
            codes: &self.codes,
            grays: &self.grays,
        };
        write(&mut pen);
        (self.end, self.waiting) = (pen.end, pen.waiting);
    }

    fn finish(mut self, checksum: u32) -> Vec<u8> {
        self.with_pen(1, |pen| pen.put(pen.codes[END]));
        let last = usize::from(self.waiting.length > 0);
        self.bytes.truncate(self.end + last);
        self.bytes.extend_from_slice(&checksum.to_be_bytes());
        self.bytes
    }
}

/// Writes codes one after the other.
struct Pen<'a> {
    bytes: &'a mut [u8],
    /// Where the next whole byte goes.
    end: usize,
    /// Less than 8 bits: three codes more fit 64.
    waiting: Code,
    codes: &'a [Code; SYMBOLS],
    grays: &'a [Code; 256],
}

impl Pen<'_> {
    #[inline]
    fn put(&mut self, code: Code) {
        let Code { bits, length } = self.waiting.then(code);
        // What is beyond the whole bytes is written again next time.
        self.bytes[self.end..self.end + 8].copy_from_slice(&bits.to_le_bytes());
        self.end += usize::from(length / 8);
        self.waiting = Code {
            bits: bits >> (length & !7),
            length: length & 7,
        };
    }

    fn bits(&mut self, bits: u64, length: u8) {
        self.put(Code { bits, length });
    }
}

impl TakeTokens for Pen<'_> {
    #[inline]
    fn gray(&mut self, byte: u8) {
        self.put(self.grays[usize::from(byte)]);
    }

    #[inline]
    fn colour(&mut self, bytes: [u8; 3]) {
        let [first, second, third] = bytes.map(|byte| self.codes[usize::from(byte)]);
        self.put(first.then(second).then(third));
    }

    #[inline]
    fn repetition(&mut self, length: usize) {
        let (symbol, bits, further) = length_symbol(length);
        // The code of the distance is a single 0.
        let length = further + 1;
        self.put(self.codes[symbol].then(Code { bits, length }));
    }
}

/// How long each symbol's code is in Huffman's tree; of counts that make it too deep the rare ones are raised.
fn code_lengths(counts: &[u32; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut counts = *counts;
    loop {
        let lengths = huffman(&counts);
        if lengths.iter().all(|length| *length <= LONGEST_CODE) {
            return lengths;
        }
        // In the end all are 1, and no code is longer than 9 bits.
        for count in &mut counts {
            *count = count.div_ceil(2);
        }
    }
}

/// Depths of the leaves of Huffman's tree; no count is 0.
fn huffman(counts: &[u32; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut parents = vec![0; 2 * SYMBOLS - 1];
    let mut heap: BinaryHeap<_> = counts
        .iter()
        .zip(0..)
        .map(|(&count, node)| Reverse((u64::from(count), node)))
        .collect();
    for parent in SYMBOLS..parents.len() {
        let mut sum = 0;
        for _ in 0..2 {
            if let Some(Reverse((count, node))) = heap.pop() {
                sum += count;
                parents[node] = parent;
            }
        }
        heap.push(Reverse((sum, parent)));
    }
    // Parents come after their children, and the root last.
    let mut depths = vec![0_u8; parents.len()];
    for node in (0..parents.len() - 1).rev() {
        depths[node] = depths[parents[node]].saturating_add(1);
    }
    std::array::from_fn(|symbol| depths[symbol])
}

/// The codes that follow from their lengths (RFC 1951, 3.2.2).
fn canonical(lengths: &[u8; SYMBOLS]) -> [Code; SYMBOLS] {
    let mut codes = [Code::default(); SYMBOLS];
    let mut next = 0_u64;
    for length in 1..=LONGEST_CODE {
        for (code, _) in codes
            .iter_mut()
            .zip(lengths)
            .filter(|(_, own)| **own == length)
        {
            let bits = next.reverse_bits() >> (64 - length);
            *code = Code { bits, length };
            next += 1;
        }
        next <<= 1;
    }
    codes
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    /// Undoes packing with other means: flate2, and Paeth's predictor as the specification words it.
    fn unpacked(bytes: &[u8], width: usize) -> Vec<[u8; 3]> {
        let mut filtered = Vec::new();
        let mut decoder = flate2::read::ZlibDecoder::new(bytes);
        decoder.read_to_end(&mut filtered).expect("a zlib stream");
        let mut above = vec![[0_u8; 3]; width];
        let mut pixels = Vec::new();
        for line in filtered.chunks_exact(1 + 3 * width) {
            assert_eq!(line[0], PAETH);
            let mut row: Vec<[u8; 3]> = Vec::new();
            for (column, remainder) in line[1..].as_chunks::<3>().0.iter().enumerate() {
                let left = column.checked_sub(1).map_or([0; 3], |left| row[left]);
                let corner = column.checked_sub(1).map_or([0; 3], |left| above[left]);
                let channel = |k: usize| {
                    let (a, b, c) = (
                        i32::from(left[k]),
                        i32::from(above[column][k]),
                        i32::from(corner[k]),
                    );
                    let p = a + b - c;
                    let nearest = [a, b, c].into_iter().min_by_key(|value| (p - value).abs());
                    remainder[k].wrapping_add(nearest.expect("three") as u8)
                };
                row.push([0, 1, 2].map(channel));
            }
            pixels.extend_from_slice(&row);
            above = row;
        }
        pixels
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            width in 1_usize..300, height in 1_usize..40, noise in 0_u8..=255, seed: u64, gray: bool,
        ) {
            let mut state = seed | 1;
            let mut pixel = |k: usize| {
                let mut channel = || {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let random = (state >> 56) as u8;
                    // Flat parts, slopes and noise.
                    if random > noise { (k / 97) as u8 } else { random }
                };
                let first = channel();
                if gray { [first; 3] } else { [first, channel(), channel()] }
            };
            let pixels: Vec<[u8; 3]> = (0..width * height).map(&mut pixel).collect();
            prop_assert_eq!(unpacked(&pack(&pixels, width), width), pixels);
        }
    }

    #[test]
    fn every_length_of_a_run_comes_back() {
        for width in 1..600 {
            let mut pixels = vec![[0; 3]; width];
            pixels.push([9, 8, 7]);
            assert_eq!(
                unpacked(&pack(&pixels, width + 1), width + 1),
                pixels,
                "{width}"
            );
        }
        assert!(pack(&vec![[0; 3]; 100_000], 1000).len() < 3000);
    }

    #[test]
    fn codes_are_short_enough_whatever_is_counted() {
        let mut counts = [1; SYMBOLS];
        let mut grown = (1_u32, 1_u32);
        for count in counts.iter_mut().take(40) {
            *count = grown.0;
            grown = (grown.1, grown.0 + grown.1);
        }
        assert!(huffman(&counts).iter().any(|length| *length > LONGEST_CODE));
        let lengths = code_lengths(&counts);
        assert!(
            lengths
                .iter()
                .all(|length| (1..=LONGEST_CODE).contains(length))
        );
        let full: f64 = lengths
            .iter()
            .map(|length| 0.5_f64.powi(i32::from(*length)))
            .sum();
        assert_eq!(full, 1.0);
    }
}
