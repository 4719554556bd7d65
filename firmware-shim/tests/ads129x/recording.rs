//! A recording from end to end: what the chip played is what the driver reads.

use crate::rig::{ledger, next, running};
use ecg2mri_shim::ads129x::{Configuration, Variant};
use ecg2mri_shim::simulator::{Chip, Moment, Pacing, Recording, Simulator, code};

/// A coarse beat, in units of 5 µV, another size on each channel.
fn beat() -> Vec<[i16; 8]> {
    (0..400_i16)
        .map(|sample| {
            let spike = match sample {
                100..105 => (sample - 100) * 40,
                105..110 => (110 - sample) * 40,
                200..250 => 20,
                _ => 0,
            };
            [8, 7, 6, 5, 4, 3, 2, -1].map(|size| spike * size / 8)
        })
        .collect()
}

#[test]
fn what_is_played_is_what_is_read() {
    let rows = beat();
    let recording = Recording {
        rows: &rows,
        nanovolts_per_unit: 5_000,
        pacing: Pacing::Conversions,
    };
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, recording));
    let mut driver = running(&simulator, &Configuration::twelve_lead());
    for conversion in 0..1_000_usize {
        let reading = next(&simulator, &mut driver).expect("a conversion");
        let row = rows[conversion % rows.len()];
        let expected = row.map(|units| code(i64::from(units) * 5_000, 6, 2_400_000));
        assert_eq!(reading.codes(), expected);
    }
    let counts = ledger(&simulator);
    assert_eq!((counts.conversions, counts.unread), (1_000, 0));
    assert!(counts.is_clean(), "{counts:?}");
}

#[test]
fn a_recording_keeps_its_own_rate() {
    let rows = beat();
    let recording = Recording {
        rows: &rows,
        nanovolts_per_unit: 1,
        pacing: Pacing::Millihertz(500_000),
    };
    let at = |nanoseconds| {
        let moment = Moment {
            nanoseconds,
            conversion: 0,
        };
        recording.row(moment).expect("there are rows")
    };
    assert_eq!(at(0), &rows[0]);
    assert_eq!(at(1_999_999), &rows[0]);
    assert_eq!(at(2_000_000 * 107), &rows[107]);
    // A year on, in the middle of the loop.
    let year = 365 * 86_400 * 1_000_000_000_u64;
    let index = (365_u64 * 86_400 * 500 + 7) % 400;
    assert_eq!(
        at(year + 14_000_000),
        &rows[usize::try_from(index).expect("small")]
    );
    let none: Recording<'_, 8> = Recording {
        rows: &[],
        ..recording
    };
    let moment = Moment {
        nanoseconds: 0,
        conversion: 0,
    };
    assert_eq!(none.row(moment), None);
}
