use super::super::Analysis;
use super::*;
use crate::ecg::Ecg;

/// A wave of this height in mV, about `middle`, in seconds.
fn wave(time: f64, middle: f64, width: f64, height: f64) -> f64 {
    height * (-((time - middle) / width).powi(2)).exp()
}

/// Ten seconds of beats at `times` with QRS heights in I and aVF that make its axis, T opposite to it.
fn record(times: &[f64], first: f64, foot: f64) -> Ecg {
    let second = foot + first / 2.0;
    let rows = [first, second, -1.2, -0.4, 0.3, 1.0, 1.5, 1.1].map(|size| {
        (0..5000)
            .map(|n| {
                let time = f64::from(n) / 500.0;
                let beats = times.iter().map(|at| {
                    let time = time - at;
                    wave(time, -0.14, 0.025, 0.1 * size)
                        + wave(time, 0.0, 0.015, size)
                        + wave(time, 0.28, 0.05, -0.25 * size)
                });
                beats.sum::<f64>() as f32
            })
            .collect()
    });
    Ecg::new(Lead::INDEPENDENT.to_vec(), rows.to_vec(), 500.0).unwrap()
}

fn regular(interval: f64) -> Vec<f64> {
    (0..)
        .map(|n| 0.5 + interval * f64::from(n))
        .take_while(|time| *time < 9.4)
        .collect()
}

#[test]
fn rate_intervals_and_voltages_are_those_of_the_heart() {
    let measured = Analysis::of(&record(&regular(0.8), 0.8, 0.6))
        .unwrap()
        .measure()
        .0;
    assert!((measured.heart_rate_bpm.unwrap() - 75.0).abs() < 0.2);
    assert_eq!(
        (
            measured.beats_measured,
            measured.premature_beats,
            measured.different_beats
        ),
        (12, 0, 0)
    );
    assert!(
        (60.0..=140.0).contains(&measured.p_ms.unwrap()),
        "{:?}",
        measured.p_ms
    );
    assert!(
        (100.0..=180.0).contains(&measured.pr_ms.unwrap()),
        "{:?}",
        measured.pr_ms
    );
    assert!(
        (40.0..=90.0).contains(&measured.qrs_ms.unwrap()),
        "{:?}",
        measured.qrs_ms
    );
    assert!(
        (330.0..=430.0).contains(&measured.qt_ms.unwrap()),
        "{:?}",
        measured.qt_ms
    );
    assert!(
        (measured.sokolow_lyon_mv.unwrap() - 2.7).abs() < 0.15,
        "{:?}",
        measured.sokolow_lyon_mv
    );
    let rr = measured.rr.unwrap();
    assert!((rr.mean_ms - 800.0).abs() < 1.0 && rr.sdnn_ms < 2.0 && rr.pnn50_percent == 0.0);
    let second = measured
        .amplitudes_mv
        .iter()
        .find(|lead| lead.lead == Lead::II)
        .unwrap();
    assert!((second.r.unwrap() - 1.0).abs() < 0.08, "{second:?}");
    assert!(
        second.t.unwrap() < -0.15 && second.p.unwrap() > 0.05,
        "{second:?}"
    );
}

#[test]
fn axes_are_those_the_leads_are_made_of() {
    for degrees in [-60.0_f64, 0.0, 45.0, 90.0, 150.0] {
        let (down, across) = degrees.to_radians().sin_cos();
        // Augmented leads see √3/2 of what is along them.
        let ecg = record(&regular(0.9), across, down * 3.0_f64.sqrt() / 2.0);
        let axes = Analysis::of(&ecg).unwrap().measure().0.axes_deg;
        assert!(
            (axes.qrs.unwrap() - degrees).abs() < 4.0,
            "{degrees}: {axes:?}"
        );
        let opposite = (degrees + 360.0) % 360.0 - 180.0;
        let turned = (axes.t.unwrap() - opposite + 540.0) % 360.0 - 180.0;
        assert!(turned.abs() < 8.0, "{degrees}: {axes:?}");
    }
}

#[test]
fn correction_of_qt_is_by_the_books() {
    let same = CorrectedQt::of(400.0, 60.0);
    for value in [same.bazett, same.fridericia, same.framingham, same.hodges] {
        assert!((value - 400.0).abs() < 1e-9);
    }
    let fast = CorrectedQt::of(320.0, 100.0);
    assert!((fast.bazett - 320.0 / 0.6_f64.sqrt()).abs() < 1e-9);
    assert!((fast.fridericia - 379.4).abs() < 0.1);
    assert!((fast.framingham - 381.6).abs() < 1e-9);
    assert!((fast.hodges - 390.0).abs() < 1e-9);
}

#[test]
fn early_beats_count_and_stay_out_of_the_variability() {
    let mut times = regular(0.8);
    times[5] -= 0.25;
    let measured = Analysis::of(&record(&times, 0.8, 0.6)).unwrap().measure().0;
    assert_eq!(measured.premature_beats, 1);
    let rr = measured.rr.unwrap();
    assert_eq!(rr.intervals, times.len() - 3);
    assert!(rr.sdnn_ms < 2.0, "{rr:?}");
}

#[test]
fn variability_is_by_the_books() {
    // Every second interval 40 ms longer, then 60 ms.
    for (longer, percent) in [(0.040, 0.0), (0.060, 100.0)] {
        let mut time = 0.5;
        let times: Vec<f64> = (0..10)
            .map(|n| {
                let at = time;
                time += 0.8 + if n % 2 == 0 { longer } else { 0.0 };
                at
            })
            .collect();
        let rr = Analysis::of(&record(&times, 0.8, 0.6))
            .unwrap()
            .measure()
            .0
            .rr
            .unwrap();
        assert_eq!(rr.intervals, 9);
        assert!((rr.rmssd_ms - 1000.0 * longer).abs() < 3.0, "{rr:?}");
        assert!(
            (rr.sdnn_ms - 1000.0 * longer / 2.0 * 1.054).abs() < 3.0,
            "{rr:?}"
        );
        assert_eq!(rr.pnn50_percent, percent);
    }
}

#[test]
fn what_cannot_be_measured_is_left_open() {
    let ecg = record(&regular(0.8), 0.8, 0.6);
    let second = Ecg::new(
        vec![Lead::II],
        vec![ecg.lead(Lead::II).unwrap().to_vec()],
        500.0,
    )
    .unwrap();
    let analysis = Analysis::of(&second).unwrap();
    let measured = analysis.measure().0;
    assert_eq!(analysis.leads(), [Lead::II]);
    assert!(measured.qrs_ms.is_some() && measured.heart_rate_bpm.is_some());
    assert_eq!(
        (measured.axes_deg, measured.cornell_mv),
        (Axes::default(), None)
    );
    assert!(analysis.median_beat().is_err());
}
