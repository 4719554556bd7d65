use super::read::parse;
use super::*;
use crate::ecg::{Ecg, Lead, Patient, Sex};
use crate::formats::fixtures::any_ecg;
use proptest::prelude::*;

fn reason(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn reads_the_documented_table() {
    let text = "\u{feff}".to_owned()
        + "# made by hand\r\n# Sampling_Rate_Hz: 250.5\r\n#units:uV\r\n# sex: F\r\n# age_years: 51\r\n\r\n\
           \"v1\";resp;aVR\r\n1;x;-2.5\r\n\r\n 3 ; ; 4e2\r\n";
    let ecg = parse(text.trim_start_matches('\u{feff}')).unwrap();
    assert_eq!(
        (ecg.leads(), ecg.sampling_rate()),
        (&[Lead::V1, Lead::AVR][..], 250.5)
    );
    assert_eq!(ecg.samples(), [[0.001, 0.003], [-0.0025, 0.4]]);
    assert_eq!(ecg.skipped_signals(), ["resp"]);
    assert_eq!(
        (ecg.patient().age_years, ecg.patient().sex),
        (Some(51.0), Some(Sex::Female))
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    std::fs::write(&path, text).unwrap();
    assert_eq!(read(&path).unwrap(), ecg);
    assert_eq!(
        crate::formats::detect(&path).unwrap(),
        crate::formats::Format::Csv
    );
}

#[test]
fn times_give_the_rate() {
    let table = |times: &[f64]| -> String {
        times.iter().fold("time_s\tII\n".to_owned(), |text, time| {
            text + &format!("{time}\t0.5\n")
        })
    };
    let at = |rate: f64, digits: i32| -> Vec<f64> {
        let unit = 10_f64.powi(digits);
        (0..3600)
            .map(|n| (f64::from(n) / rate * unit).round() / unit + 7.0)
            .collect()
    };
    assert_eq!(parse(&table(&at(360.0, 3))).unwrap().sampling_rate(), 360.0);
    let odd = parse(&table(&at(333.25, 9))).unwrap().sampling_rate();
    assert!((odd - 333.25).abs() < 1e-4, "{odd}");
    let given = format!("# sampling_rate_hz: 360\n{}", table(&at(360.0, 3)));
    assert_eq!(parse(&given).unwrap().sampling_rate(), 360.0);
    for (text, problem) in [
        (
            format!("# sampling_rate_hz: 361\n{}", table(&at(360.0, 3))),
            "of sample 1",
        ),
        (
            table(&[0.0, 0.001, 0.010, 0.012]),
            "of sample 1 is not where 250 Hz",
        ),
        (table(&[0.0, 0.002, f64::NAN]), "is not where"),
        (table(&[0.0, 0.0]), "is not where inf Hz"),
        (table(&[1.0, 0.0]), "rate of -1 Hz"),
        (table(&[1.0]), "nor two rows below"),
    ] {
        assert!(reason(&text).contains(problem), "{}", reason(&text));
    }
}

#[test]
fn refuses_with_the_line_of_the_fault() {
    for (text, problem) in [
        ("", "none of its signals"),
        ("# units: mV\n", "none of its signals"),
        ("a,b\n1,2\n", "none of its signals (a, b)"),
        (
            "I,II\n1,2\n",
            "line 1 has neither a line \"# sampling_rate_hz: …\" above nor a column time_s",
        ),
        (
            "# sampling_rate_hz: fast\nI\n1\n",
            "line 1 has \"fast\" as the sampling rate",
        ),
        ("# sampling_rate_hz: 0\nI\n1\n", "rate of 0 Hz"),
        ("# sampling_rate_hz: inf\nI\n1\n", "rate of inf Hz"),
        ("# units: mmHg\nI\n1\n", "line 1 has \"mmHg\" as the units"),
        (
            "# sampling_rate_hz: 5\nI,II\n1,2\n\n3\n",
            "line 5 has fewer than the 2",
        ),
        (
            "# sampling_rate_hz: 5\nI,II\n1,2,3\n",
            "line 3 has more than the 2",
        ),
        (
            "# sampling_rate_hz: 5\nI,II\n1,\n",
            "line 3 has no value of lead II",
        ),
        (
            "# sampling_rate_hz: 5\nI,II\n1,0x5\n",
            "line 3 has \"0x5\" as its value of lead II",
        ),
        (
            "# sampling_rate_hz: 5\nI;II\n1;0,5\n",
            "line 3 has \"0,5\" as its value",
        ),
        (
            "# sampling_rate_hz: 5\nI,II\n1,NaN\n",
            "lead II is NaN at sample 0",
        ),
        (
            "# sampling_rate_hz: 5\nI,II\n1,1e39\n",
            "lead II is inf at sample 0",
        ),
        ("# sampling_rate_hz: 5\nI,II\n", "no samples"),
        (
            "# sampling_rate_hz: 5\nI,i\n1,2\n",
            "lead I occurs more than once",
        ),
    ] {
        assert!(reason(text).contains(problem), "{text:?}: {}", reason(text));
    }
    let wide = format!("I{}\n", ",x".repeat(1000));
    assert!(reason(&wide).contains("more than 256 columns"));
}

#[test]
fn other_tables_are_not_ours() {
    assert!(begins(b"# remark\n\n time_s, ii\n"));
    for other in [
        &b""[..],
        b"1,2,3\n4,5,6\n",
        b"name,age\n",
        b"#",
        b"\xff,I\n",
    ] {
        assert!(!begins(other), "{other:?}");
    }
}

#[test]
fn no_identifier_is_written() {
    let patient = Patient {
        id: Some("7654321".into()),
        age_years: Some(51.5),
        sex: Some(Sex::Male),
    };
    let ecg = Ecg::new(vec![Lead::I], vec![vec![0.5]], 500.0)
        .unwrap()
        .with_patient(patient)
        .with_device_quality_warning(true);
    let text = encode(&ecg);
    assert_eq!(
        text,
        "# sampling_rate_hz: 500\n# units: mV\n# age_years: 51.5\n# sex: male\n# device_quality: poor\nI\n0.5\n"
    );
    assert!(parse(&text).unwrap().device_quality_warning());
}

proptest! {
    #[test]
    fn what_is_written_reads_back_to_the_last_bit(ecg in any_ecg()) {
        let again = parse(&encode(&ecg)).unwrap();
        prop_assert_eq!(again.sampling_rate().to_bits(), ecg.sampling_rate().to_bits());
        let bits = |ecg: &Ecg| -> Vec<u32> { ecg.samples().iter().flatten().map(|value| value.to_bits()).collect() };
        prop_assert_eq!(bits(&again), bits(&ecg));
        prop_assert_eq!(again, ecg);
    }

    #[test]
    fn no_text_makes_it_panic(text in "(# ?[a-z_]{0,16}:? ?[0-9a-zµ.]{0,6}\n){0,2}[IVaRtime_s123,;\t\"]{0,20}\n([0-9.,;\t\"einaf-]{0,12}\n){0,4}") {
        let _ = parse(&text);
    }
}
