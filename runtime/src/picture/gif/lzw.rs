//! LZW as GIF has it (GIF89a specification, CompuServe 1990, appendix F), for 8-bit pixels.

/// Empties the table.
const CLEAR: u16 = 256;

/// Ends the image.
const END: u16 = 257;

/// Codes of 12 bits at the most.
const CODES: usize = 4096;

/// Bits of the first codes.
const FIRST_WIDTH: u32 = 9;

/// The pixels as codes, the first in the lowest bits.
pub(super) fn compress(pixels: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    let mut table = Table::new();
    let mut width = FIRST_WIDTH;
    bits.put(CLEAR, width);
    let mut known: Option<u16> = None;
    for &pixel in pixels {
        let Some(prefix) = known else {
            known = Some(u16::from(pixel));
            continue;
        };
        if let Some(longer) = table.find(prefix, pixel) {
            known = Some(longer);
            continue;
        }
        bits.put(prefix, width);
        known = Some(u16::from(pixel));
        if table.is_full() {
            bits.put(CLEAR, width);
            table = Table::new();
            width = FIRST_WIDTH;
        } else {
            // The reader learns each string one code later than the writer.
            if table.next == 1 << width {
                width += 1;
            }
            table.add(prefix, pixel);
        }
    }
    if let Some(prefix) = known {
        bits.put(prefix, width);
        if table.next == 1 << width && !table.is_full() {
            width += 1;
        }
    }
    bits.put(END, width);
    bits.finish()
}

/// Strings of pixels by their codes: each is an earlier string with one pixel more. The strings that continue
/// one and the same form a chain.
struct Table {
    first_longer: Vec<u16>,
    next_of_chain: Vec<u16>,
    last_pixel: Vec<u8>,
    next: usize,
}

impl Table {
    fn new() -> Self {
        Self {
            // No string is continued by the code 0, so that it ends chains.
            first_longer: vec![0; CODES],
            next_of_chain: vec![0; CODES],
            last_pixel: vec![0; CODES],
            next: usize::from(END) + 1,
        }
    }

    fn is_full(&self) -> bool {
        self.next == CODES
    }

    fn find(&self, prefix: u16, pixel: u8) -> Option<u16> {
        let mut code = self.first_longer[usize::from(prefix)];
        while code != 0 {
            if self.last_pixel[usize::from(code)] == pixel {
                return Some(code);
            }
            code = self.next_of_chain[usize::from(code)];
        }
        None
    }

    fn add(&mut self, prefix: u16, pixel: u8) {
        let first = &mut self.first_longer[usize::from(prefix)];
        self.next_of_chain[self.next] = *first;
        self.last_pixel[self.next] = pixel;
        *first = self.next as u16;
        self.next += 1;
    }
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    waiting: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, code: u16, width: u32) {
        self.waiting |= u32::from(code) << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.waiting as u8);
            self.waiting >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.waiting as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reader written from appendix F, which keeps whole strings.
    pub(in super::super) fn expand(bytes: &[u8]) -> Vec<u8> {
        let mut at = 0;
        let mut take = |width: usize| {
            let bit = |k: usize| u16::from(bytes[(at + k) / 8] >> ((at + k) % 8) & 1) << k;
            let code = (0..width).map(bit).sum::<u16>();
            at += width;
            code
        };
        let fresh = || -> Vec<Vec<u8>> {
            let single = (0..=255).map(|pixel| vec![pixel]);
            single.chain([Vec::new(), Vec::new()]).collect()
        };
        let (mut strings, mut before, mut width) = (fresh(), Vec::new(), 9);
        let mut pixels = Vec::new();
        loop {
            let code = take(width);
            if code == END {
                return pixels;
            }
            if code == CLEAR {
                (strings, before, width) = (fresh(), Vec::new(), 9);
                continue;
            }
            let known = strings.get(usize::from(code)).cloned();
            let string = known.unwrap_or_else(|| [&before[..], &before[..1]].concat());
            if !before.is_empty() && strings.len() < CODES {
                strings.push([&before[..], &string[..1]].concat());
                if strings.len() == 1 << width && width < 12 {
                    width += 1;
                }
            }
            pixels.extend_from_slice(&string);
            before = string;
        }
    }

    proptest! {
        #[test]
        fn what_is_compressed_comes_back(
            pixels in prop::collection::vec(any::<u8>(), 0..9000), few in 1_u8..=255,
        ) {
            let pixels: Vec<u8> = pixels.into_iter().map(|pixel| pixel % few).collect();
            prop_assert_eq!(expand(&compress(&pixels)), pixels);
        }
    }

    #[test]
    fn every_length_ends_well() {
        for length in (0..600).chain(3800..4400) {
            let pixels: Vec<u8> = (0..length)
                .map(|k: usize| (k * k / 7 + k / 256) as u8)
                .collect();
            assert!(expand(&compress(&pixels)) == pixels, "{length}");
        }
        assert!(compress(&[7; 20_000]).len() < 400);
    }
}
