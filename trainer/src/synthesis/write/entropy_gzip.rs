//! Gzip of noisy pictures: an entropy code without a search for repeats.
//!
//! The low bits of a cine are receiver noise, which does not repeat. A general compressor spends
//! nearly all its time looking for repeats and finds hardly any; a Huffman code of the bytes alone
//! packs such data about as well in a fraction of the time. The result is ordinary gzip.

use std::io::{self, Write};

use flate2::Crc;

/// Bytes that share one Huffman code. A code of its own costs a block some 140 bytes.
const BLOCK_BYTES: usize = 1 << 16;
/// Literals 0..=255 and the end of a block.
const SYMBOLS: usize = 257;
const END_OF_BLOCK: usize = 256;
/// Longest code used; four of them fit the 64-bit accumulator beside what is left in it.
const LONGEST_CODE: u8 = 14;
/// Blocks of DEFLATE with their own codes, RFC 1951 section 3.2.3.
const DYNAMIC_BLOCK: u64 = 2;

/// A gzip stream (RFC 1952, RFC 1951) of Huffman-coded literals. What is written to it must be
/// ended with [`EntropyGzip::finish`]. The same bytes give the same file however they arrive.
pub struct EntropyGzip<W: Write> {
    output: W,
    block: Vec<u8>,
    bits: BitWriter,
    checksum: Crc,
}

impl<W: Write> EntropyGzip<W> {
    /// Begins a stream on `output`.
    ///
    /// # Errors
    /// What `output` refuses.
    pub fn new(mut output: W) -> io::Result<Self> {
        // Method 8 (DEFLATE), no name and no time, packed for speed, system unknown.
        output.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255])?;
        Ok(Self {
            output,
            block: Vec::with_capacity(BLOCK_BYTES),
            bits: BitWriter::default(),
            checksum: Crc::new(),
        })
    }

    /// Ends the stream and gives its output back.
    ///
    /// # Errors
    /// What the output refuses.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_block(true)?;
        self.bits.pad_to_byte();
        self.output.write_all(self.bits.whole_bytes())?;
        self.output.write_all(&self.checksum.sum().to_le_bytes())?;
        self.output
            .write_all(&self.checksum.amount().to_le_bytes())?;
        Ok(self.output)
    }

    fn write_block(&mut self, last: bool) -> io::Result<()> {
        self.checksum.update(&self.block);
        let code = Code::of(&self.block);
        self.bits.push(u64::from(last) | DYNAMIC_BLOCK << 1, 3);
        code.describe(&mut self.bits);
        code.encode(&self.block, &mut self.bits);
        self.output.write_all(self.bits.whole_bytes())?;
        self.bits.forget_whole_bytes();
        self.block.clear();
        Ok(())
    }
}

impl<W: Write> Write for EntropyGzip<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() == BLOCK_BYTES {
            self.write_block(false)?;
        }
        let taken = bytes.len().min(BLOCK_BYTES - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Passes on what is packed; the block that is being filled stays.
    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// The Huffman code of one block.
struct Code {
    lengths: [u8; SYMBOLS],
    /// Bits of each symbol, first bit lowest.
    words: [u16; SYMBOLS],
}

impl Code {
    fn of(block: &[u8]) -> Self {
        let lengths = code_lengths(&counts(block));
        Self {
            words: canonical_words(&lengths),
            lengths,
        }
    }

    /// The block's header: the code lengths themselves as plain numbers of four bits.
    fn describe(&self, bits: &mut BitWriter) {
        const DISTANCE_CODES: u64 = 2;
        bits.push(SYMBOLS as u64 - 257, 5);
        bits.push(DISTANCE_CODES - 1, 5);
        // The lengths of the code for lengths, in the order 16, 17, 18, 0, 8, 7, …: all of 0 to 15
        // take four bits, the three codes for runs are not used.
        bits.push(19 - 4, 4);
        for position in 0..19 {
            bits.push(if position < 3 { 0 } else { 4 }, 3);
        }
        // Two unused distances of one bit each make a complete code, which every reader takes.
        for &length in self.lengths.iter().chain(&[1; DISTANCE_CODES as usize]) {
            bits.push(u64::from(length.reverse_bits() >> 4), 4);
        }
    }

    fn encode(&self, block: &[u8], bits: &mut BitWriter) {
        let word = |byte: u8| {
            let symbol = usize::from(byte);
            (u64::from(self.words[symbol]), self.lengths[symbol])
        };
        let (quads, rest) = block.as_chunks::<4>();
        bits.reserve(block.len() * usize::from(LONGEST_CODE) / 8 + 16);
        for quad in quads {
            let (mut all, mut width) = (0, 0);
            for &byte in quad {
                let (code, length) = word(byte);
                all |= code << width;
                width += length;
            }
            bits.push(all, width);
        }
        for &byte in rest {
            let (code, length) = word(byte);
            bits.push(code, length);
        }
        bits.push(
            u64::from(self.words[END_OF_BLOCK]),
            self.lengths[END_OF_BLOCK],
        );
    }
}

/// How often each symbol occurs; the end of the block once.
fn counts(block: &[u8]) -> [u32; SYMBOLS] {
    // Several tables, so that equal neighbours do not wait for each other.
    let mut tables = [[0u32; 256]; 4];
    let (quads, rest) = block.as_chunks::<4>();
    for quad in quads {
        for (table, &byte) in tables.iter_mut().zip(quad) {
            table[usize::from(byte)] += 1;
        }
    }
    for &byte in rest {
        tables[0][usize::from(byte)] += 1;
    }
    let mut counts = [0; SYMBOLS];
    for table in &tables {
        for (total, count) in counts.iter_mut().zip(table) {
            *total += count;
        }
    }
    counts[END_OF_BLOCK] = 1;
    counts
}

/// Code lengths of at most [`LONGEST_CODE`] (Huffman 1952); 0 for a symbol that does not occur.
/// Where the best code is longer, rare symbols are taken to be a little less rare.
fn code_lengths(counts: &[u32; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut counts = *counts;
    // One symbol alone would have no bits.
    if counts.iter().filter(|&&count| count > 0).count() == 1 {
        counts[0] += 1;
    }
    loop {
        let lengths = huffman_lengths(&counts);
        if lengths.iter().all(|&length| length <= LONGEST_CODE) {
            return lengths;
        }
        for count in &mut counts {
            *count = count.div_ceil(2);
        }
    }
}

/// Lengths of a best code by merging the two rarest nodes until one is left. The merged nodes come
/// about in order of their counts, so two queues in order replace a heap.
fn huffman_lengths(counts: &[u32; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut leaves: Vec<usize> = (0..SYMBOLS).filter(|&symbol| counts[symbol] > 0).collect();
    leaves.sort_by_key(|&symbol| (counts[symbol], symbol));
    let mut weights: Vec<u32> = leaves.iter().map(|&symbol| counts[symbol]).collect();
    let mut parents = vec![0; 2 * leaves.len() - 1];
    let (mut leaf, mut merged) = (0, leaves.len());
    while weights.len() < parents.len() {
        let mut weight = 0;
        for _ in 0..2 {
            let take_leaf = leaf < leaves.len()
                && (merged >= weights.len() || weights[leaf] <= weights[merged]);
            let next = if take_leaf { &mut leaf } else { &mut merged };
            parents[*next] = weights.len();
            weight += weights[*next];
            *next += 1;
        }
        weights.push(weight);
    }
    let mut depths = vec![0u8; parents.len()];
    for node in (0..parents.len() - 1).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    let mut lengths = [0; SYMBOLS];
    for (&symbol, depth) in leaves.iter().zip(depths) {
        lengths[symbol] = depth;
    }
    lengths
}

/// The codes that follow from the lengths (RFC 1951 section 3.2.2), turned round, because they are
/// written highest bit first.
fn canonical_words(lengths: &[u8; SYMBOLS]) -> [u16; SYMBOLS] {
    let mut next = 0u16;
    let mut words = [0; SYMBOLS];
    for length in 1..=LONGEST_CODE {
        next <<= 1;
        for (word, _) in words.iter_mut().zip(lengths).filter(|(_, l)| **l == length) {
            *word = next.reverse_bits() >> (16 - length);
            next += 1;
        }
    }
    words
}

/// Bits, lowest first, as DEFLATE packs them.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    /// Bytes of `bytes` that are filled; the rest is room.
    filled: usize,
    pending: u64,
    /// Bits in `pending`, fewer than 8 between calls.
    width: u8,
}

impl BitWriter {
    /// Appends the low `width` bits, at most 56; the others must be 0.
    fn push(&mut self, bits: u64, width: u8) {
        self.pending |= bits << self.width;
        self.width += width;
        if self.filled + 8 > self.bytes.len() {
            self.reserve(8);
        }
        self.bytes[self.filled..self.filled + 8].copy_from_slice(&self.pending.to_le_bytes());
        let whole = self.width / 8;
        self.filled += usize::from(whole);
        // The shift is by 56 bits at the most where 63 are pending.
        self.pending >>= 8 * whole;
        self.width %= 8;
    }

    fn reserve(&mut self, bytes: usize) {
        if self.bytes.len() < self.filled + bytes {
            self.bytes.resize(self.filled + bytes, 0);
        }
    }

    fn pad_to_byte(&mut self) {
        if self.width > 0 {
            self.push(0, 8 - self.width);
        }
    }

    fn whole_bytes(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    fn forget_whole_bytes(&mut self) {
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    /// Packs `bytes` in pieces of `piece` bytes.
    fn packed(bytes: &[u8], piece: usize) -> Vec<u8> {
        let mut stream = EntropyGzip::new(Vec::new()).expect("a vector takes all");
        for piece in bytes.chunks(piece) {
            stream.write_all(piece).expect("a vector takes all");
        }
        stream.finish().expect("a vector takes all")
    }

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut unpacked = Vec::new();
        let read = GzDecoder::new(bytes).read_to_end(&mut unpacked);
        read.expect("it is gzip");
        unpacked
    }

    /// Bytes of which the value 2^k is half as common as 2^(k−1), so that codes grow long.
    fn skewed(length: usize, seed: u32) -> Vec<u8> {
        let mut state = seed | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        (0..length)
            .map(|_| next().leading_zeros() as u8 * 8)
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_come_back(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..3000),
                (0usize..300_000, any::<u32>()).prop_map(|(length, seed)| skewed(length, seed)),
                (any::<u8>(), 0usize..200_000).prop_map(|(byte, length)| vec![byte; length]),
            ],
            piece in 1usize..70_000,
        ) {
            let file = packed(&bytes, piece);
            prop_assert!(unpacked(&file) == bytes);
            prop_assert!(file == packed(&bytes, bytes.len().max(1)), "the pieces show");
        }

        #[test]
        fn lengths_are_limited_and_make_a_complete_code(
            counts in prop::collection::vec(prop_oneof![Just(0u32), 1u32..60_000], 256)
        ) {
            let mut table = [0; SYMBOLS];
            table[..256].copy_from_slice(&counts);
            table[END_OF_BLOCK] = 1;
            let lengths = code_lengths(&table);
            let used = lengths.iter().filter(|&&length| length > 0);
            let filled: f64 = used.map(|&length| 0.5f64.powi(length.into())).sum();
            prop_assert_eq!(filled, 1.0);
            for (&count, &length) in table.iter().zip(&lengths) {
                prop_assert!(length <= LONGEST_CODE && (count == 0 || length > 0));
            }
        }
    }

    #[test]
    fn noise_is_packed_to_its_entropy() {
        // Each value is half as common as the one before, so a byte has two bits of entropy.
        let bytes = skewed(1 << 20, 7);
        let best = bytes.len() / 4;
        let size = packed(&bytes, 4096).len();
        assert!(
            (best..best + best / 80).contains(&size),
            "{size} for {best}"
        );
    }
}
