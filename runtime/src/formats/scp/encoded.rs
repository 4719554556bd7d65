//! What sections 5 (reference beat) and 6 (rhythm) have in common: the samples of all leads in turn,
//! as numbers or their differences, coded as section 2 says.

use super::huffman::Coding;
use super::record::section_error;
use crate::formats::ReadErrorKind;
use crate::formats::bytes::Bytes;

/// One of the two sections.
pub(super) struct Encoded<'a> {
    section: u16,
    /// Nanovolts of the number 1.
    pub(super) nanovolts_per_step: u16,
    /// From sample to sample, in microseconds.
    pub(super) interval_us: u16,
    /// How often the numbers are to be summed up: 0, 1 or 2.
    differences: u8,
    /// Whether samples outside the protected zones were thinned out; section 6 only.
    pub(super) bimodal: bool,
    leads: Vec<&'a [u8]>,
}

impl<'a> Encoded<'a> {
    /// Reads the section `number` of a record with so many leads.
    pub(super) fn read(
        number: u16,
        data: &'a [u8],
        leads: usize,
    ) -> Result<Encoded<'a>, ReadErrorKind> {
        let wrong = |problem: String| section_error(number, problem);
        let mut bytes = Bytes::new(data);
        let (Some(nanovolts_per_step), Some(interval_us), Some(differences), Some(bimodal)) =
            (bytes.u16(), bytes.u16(), bytes.u8(), bytes.u8())
        else {
            return Err(wrong("is too short".to_owned()));
        };
        if nanovolts_per_step == 0 {
            return Err(wrong("gives a step of 0 nV".to_owned()));
        }
        if interval_us == 0 {
            return Err(wrong("gives a sampling interval of 0 us".to_owned()));
        }
        if differences > 2 {
            return Err(wrong(format!(
                "has differences of order {differences}, where 0 to 2 are possible"
            )));
        }
        let lengths: Option<Vec<u16>> = (0..leads).map(|_| bytes.u16()).collect();
        let mut part = |length: u16| bytes.take(usize::from(length));
        let parts: Option<Vec<&[u8]>> =
            lengths.and_then(|lengths| lengths.into_iter().map(&mut part).collect());
        let Some(parts) = parts else {
            return Err(wrong(format!("is too short for its {leads} leads")));
        };
        Ok(Encoded {
            section: number,
            nanovolts_per_step,
            interval_us,
            differences,
            bimodal: number == 6 && bimodal == 1,
            leads: parts,
        })
    }

    /// The first `count` samples of a lead, which is called `name` in errors.
    pub(super) fn decode(
        &self,
        lead: usize,
        name: &str,
        count: usize,
        coding: &Coding,
    ) -> Result<Vec<i16>, ReadErrorKind> {
        let bytes = self.leads.get(lead).copied().unwrap_or_default();
        let mut samples = coding.decode(bytes, count).map_err(|decoded| {
            let problem =
                format!("cannot be decoded: lead {name} ends at sample {decoded} of {count}");
            section_error(self.section, problem)
        })?;
        undo_differences(&mut samples, self.differences);
        Ok(samples)
    }
}

/// Numbers are samples of 16 bits; where an encoder's differences overflowed, so do the sums.
fn undo_differences(samples: &mut [i16], order: u8) {
    let (mut last, mut before) = (0i16, 0i16);
    for (number, sample) in samples.iter_mut().enumerate() {
        let predicted = match order {
            1 => last,
            2 if number >= 2 => last.wrapping_mul(2).wrapping_sub(before),
            _ => 0,
        };
        *sample = sample.wrapping_add(predicted);
        (before, last) = (last, *sample);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn differences_are_undone(samples in proptest::collection::vec(any::<i16>(), 0..40)) {
            for order in 0..=2u8 {
                let mut coded = samples.clone();
                for n in (0..samples.len()).rev() {
                    coded[n] = match order {
                        1 if n >= 1 => samples[n].wrapping_sub(samples[n - 1]),
                        2 if n >= 2 => samples[n]
                            .wrapping_sub(samples[n - 1].wrapping_mul(2))
                            .wrapping_add(samples[n - 2]),
                        _ => samples[n],
                    };
                }
                undo_differences(&mut coded, order);
                prop_assert_eq!(&coded, &samples);
            }
        }
    }
}
