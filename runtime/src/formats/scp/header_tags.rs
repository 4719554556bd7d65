//! Section 1, the header: of its tags only the patient's identifier, age and sex are read.

use crate::ecg::{Patient, Sex};
use crate::formats::age::{self, AgeUnit};
use crate::formats::bytes::{Bytes, text};

const PATIENT_ID: u8 = 2;
const AGE: u8 = 4;
const SEX: u8 = 8;
const END: u8 = 255;

/// The patient's fields; what cannot be made out is left open, since nothing depends on it.
pub(super) fn patient(section: &[u8]) -> Patient {
    let mut patient = Patient::default();
    let mut fields = Bytes::new(section);
    while let (Some(tag), Some(length)) = (fields.u8(), fields.u16()) {
        let Some(value) = fields.take(usize::from(length)) else {
            break;
        };
        match tag {
            PATIENT_ID => patient.id = Some(text(value)).filter(|id| !id.is_empty()),
            AGE => patient.age_years = age(value),
            SEX => {
                patient.sex = match value {
                    [1, ..] => Some(Sex::Male),
                    [2, ..] => Some(Sex::Female),
                    _ => None,
                }
            }
            END => break,
            _ => {}
        }
    }
    patient
}

/// A number and its unit: 1 years, 2 months, 3 weeks, 4 days, 5 hours.
fn age(value: &[u8]) -> Option<f32> {
    let mut value = Bytes::new(value);
    let number = f64::from(value.u16()?);
    let unit = match value.u8()? {
        1 => AgeUnit::Years,
        2 => AgeUnit::Months,
        3 => AgeUnit::Weeks,
        4 => AgeUnit::Days,
        5 => AgeUnit::Hours,
        _ => return None,
    };
    age::in_years(number, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_may_and_no_names() {
        let mut section = Vec::new();
        let mut field = |tag: u8, value: &[u8]| {
            section.push(tag);
            section.extend((value.len() as u16).to_le_bytes());
            section.extend(value);
        };
        field(0, b"Name\0");
        field(PATIENT_ID, b"A-17\0");
        field(AGE, &[18, 0, 2]);
        field(SEX, &[2]);
        field(END, &[]);
        let read = patient(&section);
        let expected = Patient {
            id: Some("A-17".to_owned()),
            age_years: Some(1.5),
            sex: Some(Sex::Female),
        };
        assert!(read == expected);
        for end in 0..section.len() {
            // Whatever is cut off, the rest is read without complaint.
            patient(&section[..end]);
        }
    }

    #[test]
    fn ages_come_in_five_units() {
        let years = |number: u16, unit: u8| {
            let [low, high] = number.to_le_bytes();
            age(&[low, high, unit])
        };
        assert_eq!((years(64, 1), years(300, 1)), (Some(64.0), None));
        assert_eq!((years(3, 2), years(24, 2)), (Some(0.25), Some(2.0)));
        assert!((years(487, 4).unwrap() - 4.0 / 3.0).abs() < 0.001);
        assert!((years(8766, 5).unwrap() - 1.0).abs() < 0.001);
        assert!((years(52, 3).unwrap() - 1.0).abs() < 0.01);
        assert_eq!((years(5, 0), years(5, 6), age(&[5])), (None, None, None));
    }
}
