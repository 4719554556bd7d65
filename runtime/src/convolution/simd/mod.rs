//! Vectors of 32-bit floats, the same for every processor.
//!
//! A kernel is written once, over [`Simd`], and compiled for each instruction set; which of them runs is
//! chosen when the program does ([`InstructionSet::best`]). A value of a type that implements `Simd` is
//! proof that the processor has those instructions: there is no way to make one but to ask the processor.
//!
//! - [`portable`]: plain arrays, for processors of which nothing is known;
//! - `x86`: SSE2, AVX2 with FMA, and AVX-512F;
//! - `arm`: NEON of 64-bit ARM.
//!
//! These files alone hold `unsafe` code, each use with its reason.

#[cfg(target_arch = "aarch64")]
mod arm;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt;

/// The most floats that a vector holds.
pub const MOST_LANES: usize = 16;

/// Vectors of [`Simd::LANES`] floats. All methods are inlined into kernels.
pub trait Simd: Copy {
    /// A vector in a register.
    type Vector: Copy;
    /// A vector in memory: an array of [`Self::LANES`] floats.
    type Lanes;
    /// [`Self::GROUP`] numbers in memory, an array.
    type Group;
    /// [`Self::GROUP`] numbers in registers, each to be multiplied with whole vectors.
    type Scalars: Copy;

    /// How many floats a vector holds.
    const LANES: usize;
    /// How many numbers of a row are loaded at a time.
    const GROUP: usize;
    /// Whether there are 32 registers, or 16.
    const MANY_REGISTERS: bool;

    /// The values as vectors; what does not fill a vector is left out.
    fn lanes(values: &[f32]) -> &[Self::Lanes];
    /// The values as vectors to be written.
    fn lanes_mut(values: &mut [f32]) -> &mut [Self::Lanes];
    /// The values as groups; what does not fill a group is left out.
    fn groups(values: &[f32]) -> &[Self::Group];

    /// From memory.
    fn load(self, lanes: &Self::Lanes) -> Self::Vector;
    /// To memory.
    fn store(self, lanes: &mut Self::Lanes, vector: Self::Vector);
    /// The same number in every lane.
    fn splat(self, value: f32) -> Self::Vector;
    /// `a + b`
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a − b`
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a · b`
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a / b`
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The larger of each two; a where that is not a number.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a · b + c`, rounded once where the processor can.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The lanes of both in turn: a₀, b₀, a₁, b₁ and so on, of the first halves and of the second.
    fn zip(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2];
    /// 2ⁿ for whole numbers n of −126 to 127.
    fn power_of_two(self, n: Self::Vector) -> Self::Vector;
    /// A group of numbers of a row.
    fn scalars(self, group: &Self::Group) -> Self::Scalars;
    /// `scalars[INDEX] · b + c`, for an index below [`Self::GROUP`].
    fn mul_add_scalar<const INDEX: i32>(
        self,
        scalars: Self::Scalars,
        b: Self::Vector,
        c: Self::Vector,
    ) -> Self::Vector;
}

/// Work that is compiled for every instruction set.
pub trait Kernel {
    /// Does the work. It and all that it calls on vectors must be `#[inline(always)]`: what is not
    /// inlined is compiled without the instructions, and takes a hundred times as long.
    fn run<S: Simd>(self, simd: S);
}

/// The instructions that a kernel uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InstructionSet(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Portable(portable::Portable),
    #[cfg(target_arch = "x86_64")]
    Sse2(x86::Sse2),
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(x86::Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon(arm::Neon),
}

impl InstructionSet {
    /// The quickest that this processor has.
    pub fn best() -> Self {
        *Self::available()
            .last()
            .expect("the portable set is always available")
    }

    /// All that this processor has, slowest first.
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut, reason = "some processors have no other")]
        let mut sets = vec![Self(Kind::Portable(portable::Portable))];
        #[cfg(target_arch = "x86_64")]
        {
            sets.extend(x86::Sse2::detect().map(|set| Self(Kind::Sse2(set))));
            sets.extend(x86::Avx2::detect().map(|set| Self(Kind::Avx2(set))));
            sets.extend(x86::Avx512::detect().map(|set| Self(Kind::Avx512(set))));
        }
        #[cfg(target_arch = "aarch64")]
        sets.extend(arm::Neon::detect().map(|set| Self(Kind::Neon(set))));
        sets
    }

    /// How many floats a vector holds; memory is laid out in multiples of it.
    pub fn lanes(self) -> usize {
        match self.0 {
            Kind::Portable(_) => portable::Portable::LANES,
            #[cfg(target_arch = "x86_64")]
            Kind::Sse2(_) => x86::Sse2::LANES,
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => x86::Avx2::LANES,
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => x86::Avx512::LANES,
            #[cfg(target_arch = "aarch64")]
            Kind::Neon(_) => arm::Neon::LANES,
        }
    }

    /// How many numbers of a row are loaded at a time; rows are padded with zeros to multiples of it.
    pub fn group(self) -> usize {
        match self.0 {
            #[cfg(target_arch = "aarch64")]
            Kind::Neon(_) => arm::Neon::GROUP,
            _ => 1,
        }
    }

    /// Runs a kernel compiled for these instructions.
    pub fn run<K: Kernel>(self, kernel: K) {
        match self.0 {
            Kind::Portable(set) => kernel.run(set),
            #[cfg(target_arch = "x86_64")]
            Kind::Sse2(set) => set.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(set) => set.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(set) => set.run(kernel),
            #[cfg(target_arch = "aarch64")]
            Kind::Neon(set) => set.run(kernel),
        }
    }
}

impl fmt::Debug for InstructionSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
