use super::*;
use crate::ecg::{DeviceMedianBeat, DeviceReading, Lead};
use crate::formats::xml::base64_of;

fn parse(text: &str) -> Result<Ecg, ReadErrorKind> {
    xml::recording_of(text.as_bytes().to_vec(), recording)
}

/// Steps of the twelve leads over `samples` samples, with the limb leads' relations kept.
fn leads(samples: i32) -> Vec<Vec<i32>> {
    let row = |seed: i32| (0..samples).map(move |n| (n * seed) % 201 - 100);
    let pairs: Vec<(i32, i32)> = row(7).zip(row(11)).collect();
    let limb = |of: fn((i32, i32)) -> i32| pairs.iter().copied().map(of).collect();
    let mut leads: Vec<Vec<i32>> = vec![
        limb(|(first, _)| first),
        limb(|(_, second)| second),
        limb(|(first, second)| second - first),
        limb(|(first, second)| -((first + second) / 2)),
        limb(|(first, second)| first - second / 2),
        limb(|(first, second)| second - first / 2),
    ];
    leads.extend((1..=6).map(|seed| row(13 * seed).collect()));
    leads
}

/// What the recorder stores: differences of four limb leads, and channels that are not in use.
fn xli(leads: &[Vec<i32>]) -> String {
    let mut channels = leads.to_vec();
    for n in 0..leads[0].len() {
        let [first, second, third] = [0, 1, 2].map(|lead| leads[lead][n]);
        channels[2][n] = second - first - third;
        channels[3][n] = -((first + second) / 2) - leads[3][n];
        channels[4][n] = (first - third) / 2 - leads[4][n];
        channels[5][n] = (second + third) / 2 - leads[5][n];
    }
    channels.resize(16, vec![0; leads[0].len()]);
    let bytes: Vec<u8> = channels
        .iter()
        .flat_map(|channel| super::xli::compressed_channel(channel))
        .collect();
    base64_of(&bytes)
}

fn version_1_03(data: &str, duration: u32) -> String {
    format!(
        "<restingecgdata xmlns=\"http://www3.medical.philips.com\"><dataacquisition date=\"2011-12-01\">\
         <signalcharacteristics><samplingrate>500</samplingrate><signalresolution>5</signalresolution>\
         <acquisitiontype>STD-12</acquisitiontype><bitspersample>16</bitspersample><signaloffset>0</signaloffset><signalsigned>True</signalsigned>\
         </signalcharacteristics></dataacquisition>\
         <patient><generalpatientdata><patientid>P 5</patientid><name><lastname>Ada</lastname></name>\
         <age><years>50</years></age><sex>Male</sex></generalpatientdata></patient>\
         <measurements><globalmeasurements><qaactioncode>ECG OK</qaactioncode><pfrontaxis>66</pfrontaxis>\
         <meanventrate>41</meanventrate></globalmeasurements></measurements>\
         <interpretations><interpretation><interpretationmeasurements><heartrate>42</heartrate>\
         <meanprint>151</meanprint><meanqrsdur>135</meanqrsdur><meanqtint>476</meanqtint><meanqtc>393</meanqtc>\
         <qrsfrontaxis>-21</qrsfrontaxis><tfrontaxis>Indeterminate</tfrontaxis></interpretationmeasurements>\
         <severity code=\"AB\">- ABNORMAL ECG -</severity><statement><statementcode/><leftstatement>Sinus bradycardia\
         </leftstatement><rightstatement>rate&lt; 50</rightstatement></statement></interpretation></interpretations>\
         <waveforms><parsedwaveforms compressflag=\"True\" compressmethod=\"XLI\" dataencoding=\"Base64\" \
         durationperchannel=\"{duration}\" nbitspersample=\"16\">{data}</parsedwaveforms></waveforms></restingecgdata>"
    )
}

fn version_1_04(data: &str, duration: u32) -> String {
    let beats: String = ["I", "V6"]
        .iter()
        .map(|lead| {
            let bytes = base64_of(&[232, 3, 24, 252]);
            format!("<repbeat leadname=\"{lead}\"><pdur>104</pdur><waveform duration=\"2\">{bytes}</waveform></repbeat>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?><restingecgdata><internalmeasurements><crossleadmeasurements>\
         <qaactioncode>Poor ECG, retry if possible</qaactioncode></crossleadmeasurements></internalmeasurements>\
         <interpretations><interpretation><globalmeasurements><heartrate>64</heartrate><pdur>104</pdur><print>164</print>\
         <qrsdur>102</qrsdur><qtint>399</qtint><qtcb>412</qtcb><qtcf>408</qtcf></globalmeasurements></interpretation></interpretations>\
         <waveforms><parsedwaveforms dataencoding=\"Base64\" compression=\"XLI\" numberofleads=\"12\" \
         leadlabels=\"I II III aVR aVL aVF V1 V2 V3 V4 V5 V6\" durationperchannel=\"{duration}\" samplespersecond=\"500\" \
         resolution=\"5\" signaloffset=\"0\" bitspersample=\"16\">{data}</parsedwaveforms>\
         <repbeats dataencoding=\"Base64\" samplespersec=\"1000\" resolution=\"1.0\">{beats}</repbeats></waveforms></restingecgdata>"
    )
}

fn in_steps(ecg: &Ecg) -> Vec<Vec<i32>> {
    let steps = |row: &Vec<f32>| row.iter().map(|mv| (mv / 0.005).round() as i32).collect();
    ecg.samples().iter().map(steps).collect()
}

#[test]
fn reads_version_1_03() {
    let leads = leads(500);
    let ecg = parse(&version_1_03(&xli(&leads), 1000)).unwrap();
    assert_eq!(
        (ecg.leads(), ecg.sampling_rate()),
        (&Lead::STANDARD[..], 500.0)
    );
    assert_eq!(in_steps(&ecg), leads);
    let expected = DeviceReading {
        heart_rate_bpm: Some(42.0),
        pr_ms: Some(151.0),
        qrs_ms: Some(135.0),
        qt_ms: Some(476.0),
        qtc_ms: Some(393.0),
        p_axis_degrees: Some(66.0),
        qrs_axis_degrees: Some(-21.0),
        statements: vec!["Sinus bradycardia".into(), "ABNORMAL ECG".into()],
        ..DeviceReading::default()
    };
    assert_eq!(ecg.device_reading(), Some(&expected));
    let expected = Patient {
        id: Some("P 5".into()),
        age_years: Some(50.0),
        sex: Some(Sex::Male),
    };
    assert_eq!(ecg.patient(), &expected);
    assert!(!ecg.device_quality_warning());
}

#[test]
fn reads_version_1_04_in_utf_16_without_its_calibration_pulse() {
    let mut with_pulse = leads(300);
    for lead in &mut with_pulse {
        lead.extend([&[0; 50][..], &[200; 100], &[0; 50]].concat());
    }
    let text = version_1_04(&xli(&with_pulse), 1000);
    let bytes: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let ecg = xml::recording_of(bytes, recording).unwrap();
    assert_eq!(in_steps(&ecg), leads(300));
    let reading = ecg.device_reading().unwrap();
    assert_eq!((reading.p_ms, reading.qtc_ms), (Some(104.0), Some(412.0)));
    let beat = DeviceMedianBeat {
        leads: vec![Lead::I, Lead::V6],
        samples: vec![vec![1.0, -1.0]; 2],
        sampling_rate: 1000.0,
    };
    assert_eq!(reading.median_beat, Some(beat));
    assert!(ecg.device_quality_warning());
}

#[test]
fn reads_channels_that_are_not_compressed() {
    let leads = leads(100);
    let bytes: Vec<u8> = leads
        .iter()
        .flatten()
        .flat_map(|&step| i16::try_from(step).unwrap().to_le_bytes())
        .collect();
    let base64 = version_1_03(&base64_of(&bytes), 200).replacen("=\"True\"", "=\"False\"", 1);
    assert_eq!(in_steps(&parse(&base64).unwrap()), leads);
    let words: Vec<String> = leads.iter().flatten().map(i32::to_string).collect();
    let plain = version_1_04(&words.join(" "), 200)
        .replacen("dataencoding=\"Base64\"", "dataencoding=\"Plain\"", 1)
        .replacen("compression=\"XLI\"", "compression=\"Uncompressed\"", 1);
    assert_eq!(in_steps(&parse(&plain).unwrap()), leads);
    let short = plain.replacen("=\"200\"", "=\"202\"", 1);
    let error = parse(&short).unwrap_err().to_string();
    assert!(
        error.contains("holds 1200 samples where the file states 12 channels of 101"),
        "{error}"
    );
}

#[test]
fn a_flaw_in_the_representative_beats_does_no_harm() {
    let good = version_1_04(&xli(&leads(50)), 100);
    for (from, to) in [
        ("\"1.0\"", "\"-1\""),
        ("samplespersec=\"1000\"", ""),
        ("leadname=\"V6\"", "leadname=\"I\""),
        ("<waveform duration=\"2\">", "<waveform duration=\"2\">A"),
    ] {
        let at = good.find("<repbeats").unwrap();
        let text = format!("{}{}", &good[..at], good[at..].replacen(from, to, 1));
        assert_ne!(text, good, "{from}");
        assert_eq!(
            parse(&text).unwrap().device_reading().unwrap().median_beat,
            None
        );
    }
}

#[test]
fn refuses_with_the_place_of_the_fault() {
    let good = version_1_03(&xli(&leads(50)), 100);
    for (from, to, cause) in [
        (
            "parsedwaveforms",
            "otherwaveforms",
            "no parsedwaveforms element",
        ),
        (
            "<samplingrate>500</samplingrate>",
            "",
            "no parsedwaveforms samplespersecond or samplingrate element",
        ),
        (">500<", ">0<", "samplingrate is 0, not a positive number"),
        (">5<", ">NaN<", "signalresolution is NaN"),
        (
            "nbitspersample=\"16\"",
            "nbitspersample=\"12\"",
            "is 12 where 16 is read",
        ),
        ("True<", "False<", "signalsigned is \"False\""),
        (
            "<signaloffset>0",
            "<signaloffset>7",
            "signaloffset is 7 where 0 is read",
        ),
        ("STD-12", "MASON-LIKAR", "\"MASON-LIKAR\""),
        ("=\"100\"", "=\"0\"", "durationperchannel is 0"),
        (
            "=\"100\"",
            "=\"102\"",
            "channel 1 of parsedwaveforms has 50 samples where the file states 51",
        ),
        ("=\"100\"", "=\"98\"", "is longer than the 49 samples"),
        ("=\"100\"", "=\"999999999\"", "more than 600000 samples"),
        ("=\"100\"", "=\"1e300\"", "more than 600000 samples"),
        ("XLI", "ZIP", "compressed as \"ZIP\""),
        ("Base64", "Hex", "encoded as \"Hex\""),
        ("</parsedwaveforms>", "A</parsedwaveforms>", "is cut short"),
    ] {
        let text = if from == "parsedwaveforms" {
            good.replace(from, to)
        } else {
            good.replacen(from, to, 1)
        };
        assert_ne!(text, good, "{from}");
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(cause), "{error}");
    }
    let many = good.replacen(
        "compressflag",
        &format!("leadlabels=\"{}\" compressflag", "I ".repeat(17)),
        1,
    );
    assert!(
        parse(&many)
            .unwrap_err()
            .to_string()
            .contains("more than 16 channels")
    );
}

#[test]
fn damage_never_panics() {
    let data = xli(&leads(20));
    for text in [version_1_03(&data, 40), version_1_04(&data, 40)] {
        xml::assert_survives_damage(text.as_bytes(), recording);
    }
}
