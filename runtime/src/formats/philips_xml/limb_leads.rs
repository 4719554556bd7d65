//! Leads III, aVR, aVL and aVF as XLI data has them: what is left of each after the relation to the
//! other limb leads is taken off.
//!
//! The relations' halves are rounded towards zero, as integer division in C does: with it, the
//! leads of the version 1.04 sample obey aVL = I − II/2 and aVF = II − I/2 at every sample, and with
//! rounding down they do not.

use crate::ecg::Lead;
use crate::formats::ReadErrorKind;

/// Steps by which III may differ from II − I through rounding.
const ROUNDING: i32 = 4;

/// Turns the differences of leads III, aVR, aVL and aVF among `channels` into the leads.
///
/// # Errors
/// A lead that is coded by leads the file does not have.
pub(super) fn undo_differences(
    leads: &[Option<Lead>],
    channels: &mut [Vec<i32>],
) -> Result<(), ReadErrorKind> {
    for (lead, one, other, predicted) in [
        (
            Lead::III,
            Lead::I,
            Lead::II,
            (|first, second| second - first) as Relation,
        ),
        (Lead::AVR, Lead::I, Lead::II, |first, second| {
            -((first + second) / 2)
        }),
        (Lead::AVL, Lead::I, Lead::III, |first, third| {
            (first - third) / 2
        }),
        (Lead::AVF, Lead::II, Lead::III, |second, third| {
            (second + third) / 2
        }),
    ] {
        let Some(row) = place(leads, lead) else {
            continue;
        };
        let (Some(one), Some(other)) = (place(leads, one), place(leads, other)) else {
            return Err(ReadErrorKind::Element {
                element: format!("lead {lead} of parsedwaveforms"),
                problem: format!(
                    "is coded by its difference from leads {one} and {other}, which are not both there"
                ),
            });
        };
        for sample in 0..channels[row].len() {
            let predicted = predicted(channels[one][sample], channels[other][sample]);
            channels[row][sample] = predicted - channels[row][sample];
        }
    }
    Ok(())
}

type Relation = fn(i32, i32) -> i32;

/// Refuses plain channels in which III is not II − I: they may be coded by differences, which is
/// known of XLI data alone.
pub(super) fn check(leads: &[Option<Lead>], channels: &[Vec<i32>]) -> Result<(), ReadErrorKind> {
    let (Some(first), Some(second), Some(third)) = (
        place(leads, Lead::I),
        place(leads, Lead::II),
        place(leads, Lead::III),
    ) else {
        return Ok(());
    };
    let pairs = channels[first].iter().zip(&channels[second]);
    let differing = pairs
        .zip(&channels[third])
        .filter(|((first, second), third)| (**second - **first - **third).abs() > ROUNDING);
    // The calibration pulse obeys no law, but is short.
    if differing.count() * 10 > channels[third].len() {
        return Err(ReadErrorKind::Element {
            element: "lead III of parsedwaveforms".to_owned(),
            problem: "is not lead II less lead I; export the recording with XLI compression"
                .to_owned(),
        });
    }
    Ok(())
}

fn place(leads: &[Option<Lead>], lead: Lead) -> Option<usize> {
    leads.iter().position(|&own| own == Some(lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_towards_zero() {
        let leads = [
            Lead::I,
            Lead::II,
            Lead::III,
            Lead::AVR,
            Lead::AVL,
            Lead::AVF,
        ]
        .map(Some);
        let mut channels = vec![
            vec![3, -3, 10],
            vec![4, -4, 20],
            vec![0, 0, 1],
            vec![0, 0, -2],
            vec![0, 0, 3],
            vec![0, 0, 4],
        ];
        undo_differences(&leads, &mut channels).unwrap();
        assert_eq!(channels[2], [1, -1, 9]);
        // −7/2, 7/2, −(30)/2 + 2
        assert_eq!(channels[3], [-3, 3, -13]);
        // 2/2, −2/2, 1/2 − 3
        assert_eq!(channels[4], [1, -1, -3]);
        // 5/2, −5/2, 29/2 − 4
        assert_eq!(channels[5], [2, -2, 10]);
    }

    #[test]
    fn needs_the_leads_that_others_are_coded_by() {
        let leads = [Some(Lead::I), None, Some(Lead::AVL), Some(Lead::V1)];
        let error = undo_differences(&leads, &mut [vec![1], vec![1], vec![1], vec![1]]);
        assert!(error.unwrap_err().to_string().contains("lead aVL"));
        let leads = [Some(Lead::II), Some(Lead::V1), None];
        let mut channels = [vec![1], vec![2], vec![3]];
        undo_differences(&leads, &mut channels).unwrap();
        assert_eq!(channels, [[1], [2], [3]]);
    }

    #[test]
    fn plain_channels_must_obey_einthoven() {
        let leads = [Lead::I, Lead::II, Lead::III].map(Some);
        let ramp: Vec<i32> = (0..100).collect();
        let steeper: Vec<i32> = (0..100).map(|n| 3 * n).collect();
        let third: Vec<i32> = (0..100).map(|n| 2 * n + n % 3).collect();
        assert!(check(&leads, &[ramp.clone(), steeper.clone(), third]).is_ok());
        assert!(check(&leads, &[ramp, steeper, vec![0; 100]]).is_err());
        assert!(check(&[Some(Lead::V1)], &[vec![1]]).is_ok());
    }
}
