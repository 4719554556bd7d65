use super::*;
use crate::ecg::{DeviceMedianBeat, DeviceReading, Lead};
use crate::formats::xml::base64_of;

fn parse(text: &str) -> Result<Ecg, ReadErrorKind> {
    xml::recording_of(text.as_bytes().to_vec(), recording)
}

fn lead_data(lead: &str, steps: &[i16]) -> String {
    let bytes: Vec<u8> = steps.iter().flat_map(|step| step.to_le_bytes()).collect();
    let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&bytes);
    format!(
        "<LeadData><LeadByteCountTotal>{}</LeadByteCountTotal><LeadTimeOffset>0</LeadTimeOffset>\
         <LeadSampleCountTotal>{}</LeadSampleCountTotal>\
         <LeadAmplitudeUnitsPerBit>4.88</LeadAmplitudeUnitsPerBit>\
         <LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits><LeadID>{lead}</LeadID>\
         <LeadOffsetFirstSample>0</LeadOffsetFirstSample><LeadSampleSize>2</LeadSampleSize>\
         <LeadOff>FALSE</LeadOff><LeadDataCRC32>{sum}</LeadDataCRC32>\
         <WaveFormData>{}</WaveFormData></LeadData>\n",
        bytes.len(),
        steps.len(),
        base64_of(&bytes)
    )
}

fn waveform(kind: &str, steps: &[i16]) -> String {
    let names = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"];
    let leads: String = names.iter().map(|name| lead_data(name, steps)).collect();
    format!(
        "<Waveform><WaveformType>{kind}</WaveformType><NumberofLeads>8</NumberofLeads>\
         <SampleBase>50</SampleBase><SampleExponent>1</SampleExponent>{leads}</Waveform>"
    )
}

fn measurements(element: &str, qt: u32) -> String {
    format!(
        "<{element}><VentricularRate>48</VentricularRate><AtrialRate>48</AtrialRate>\
         <PRInterval>138</PRInterval><QRSDuration>96</QRSDuration><QTInterval>{qt}</QTInterval>\
         <QTCorrected>403</QTCorrected><PAxis>51</PAxis><RAxis>-20</RAxis><TAxis/>\
         <POnset>147</POnset><POffset>200</POffset><ECGSampleBase>500</ECGSampleBase>\
         <ECGSampleExponent>0</ECGSampleExponent></{element}>"
    )
}

fn file() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!DOCTYPE RestingECG SYSTEM \"restecg.dtd\">\n\
         <RestingECG><PatientDemographics><PatientID>A 17</PatientID><PatientAge>64</PatientAge>\
         <AgeUnits>YEARS</AgeUnits><Gender>FEMALE</Gender><PatientLastName>Ada</PatientLastName>\
         </PatientDemographics>{}{}\
         <Diagnosis><DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag><StmtText>Sinus bradycardia</StmtText>\
         </DiagnosisStatement><DiagnosisStatement><StmtText>Cannot rule out</StmtText></DiagnosisStatement>\
         <DiagnosisStatement><StmtFlag>USERINSERT</StmtFlag><StmtFlag>ENDSLINE</StmtFlag>\
         <StmtText>anterior infarct</StmtText></DiagnosisStatement>\
         <DiagnosisStatement><StmtText>Abnormal ECG</StmtText></DiagnosisStatement></Diagnosis>{}{}</RestingECG>",
        measurements("RestingECGMeasurements", 460),
        measurements("OriginalRestingECGMeasurements", 452),
        waveform("Median", &[10, -10]),
        waveform("Rhythm", &[0, 1, -1, 1000, -32767]),
    )
}

#[test]
fn reads_recording_reading_and_patient() {
    let ecg = parse(&file()).unwrap();
    assert_eq!(ecg.leads(), Lead::INDEPENDENT);
    assert_eq!(ecg.sampling_rate(), 500.0);
    for row in ecg.samples() {
        let expected = [0.0, 0.00488, -0.00488, 4.88, -159.90296_f32];
        assert_eq!(row, &expected);
    }
    assert_eq!(ecg.twelve_leads().unwrap().leads(), Lead::STANDARD);
    let expected = DeviceReading {
        heart_rate_bpm: Some(48.0),
        p_ms: Some(106.0),
        pr_ms: Some(138.0),
        qrs_ms: Some(96.0),
        qt_ms: Some(452.0),
        qtc_ms: Some(403.0),
        p_axis_degrees: Some(51.0),
        qrs_axis_degrees: Some(-20.0),
        t_axis_degrees: None,
        median_beat: Some(DeviceMedianBeat {
            leads: Lead::INDEPENDENT.to_vec(),
            samples: vec![vec![0.0488, -0.0488]; 8],
            sampling_rate: 500.0,
        }),
        statements: vec![
            "Sinus bradycardia".into(),
            "Cannot rule out anterior infarct".into(),
            "Abnormal ECG".into(),
        ],
    };
    assert_eq!(ecg.device_reading(), Some(&expected));
    let expected = Patient {
        id: Some("A 17".into()),
        age_years: Some(64.0),
        sex: Some(Sex::Female),
    };
    assert_eq!(ecg.patient(), &expected);
    assert!(!ecg.device_quality_warning());
}

#[test]
fn what_the_original_reading_lacks_comes_from_the_other() {
    let original = "<OriginalRestingECGMeasurements><VentricularRate>48</VentricularRate>";
    let empty = original.replace("48", "");
    let text = file()
        .replace("48", "52")
        .replacen(&original.replace("48", "52"), &empty, 1);
    let nothing_said =
        "<OriginalDiagnosis><Modality>RESTING</Modality></OriginalDiagnosis><Diagnosis>";
    let text = text.replacen("<Diagnosis>", nothing_said, 1);
    let ecg = parse(&text).unwrap();
    let reading = ecg.device_reading().unwrap();
    assert_eq!(
        (reading.heart_rate_bpm, reading.qt_ms),
        (Some(52.0), Some(452.0))
    );
    assert_eq!(reading.statements.len(), 3);
}

#[test]
fn the_recorder_may_warn_of_its_own_signal() {
    for (from, to) in [
        ("Sinus bradycardia", "*** Poor data quality"),
        ("<WaveformType>Rhythm", "<LeadOff/><WaveformType>Rhythm"),
    ] {
        let ecg = parse(&file().replacen(from, to, 1)).unwrap();
        assert_eq!(ecg.device_quality_warning(), to.contains("Poor"));
    }
    let rhythm = file().find("Rhythm").unwrap();
    let (before, behind) = (&file()[..rhythm], file()[rhythm..].to_owned());
    let off = behind.replacen("<LeadOff>FALSE", "<LeadOff>TRUE", 1);
    assert!(
        parse(&format!("{before}{off}"))
            .unwrap()
            .device_quality_warning()
    );
}

#[test]
fn a_recording_alone_need_not_say_what_it_is() {
    let strip = waveform("x", &[1, 2]).replace("<WaveformType>x</WaveformType>", "");
    let ecg = parse(&format!("<RestingECG>{strip}</RestingECG>")).unwrap();
    assert_eq!((ecg.samples_per_lead(), ecg.device_reading()), (2, None));
    assert_eq!(ecg.patient(), &Patient::default());
}

#[test]
fn a_flaw_in_the_median_beat_does_no_harm() {
    for (from, to) in [
        ("<LeadSampleCountTotal>2", "<LeadSampleCountTotal>3"),
        ("<SampleBase>50", "<SampleBase>0"),
        ("<LeadID>II<", "<LeadID>I<"),
    ] {
        let ecg = parse(&file().replacen(from, to, 1)).unwrap();
        assert_eq!(ecg.samples_per_lead(), 5);
        assert_eq!(ecg.device_reading().unwrap().median_beat, None, "{to}");
    }
}

#[test]
fn refuses_with_the_place_of_the_fault() {
    let good = format!(
        "<RestingECG>{}</RestingECG>",
        waveform("Rhythm", &[7, 8, 9])
    );
    for (from, to, cause) in [
        ("Rhythm", "Median", "no Waveform of type Rhythm element"),
        (
            ">50<",
            ">0<",
            "Rhythm SampleBase is 0, not a positive number",
        ),
        (
            "Exponent>1<",
            "Exponent>x<",
            "Rhythm SampleExponent is \"x\"",
        ),
        ("Exponent>1<", "Exponent>999<", "a sampling rate of inf Hz"),
        ("4.88", "0", "Rhythm lead I: LeadAmplitudeUnitsPerBit is 0"),
        ("4.88", "NaN", "LeadAmplitudeUnitsPerBit is NaN"),
        ("MICROVOLTS", "mmHg", "lead I is in units of \"mmHg\""),
        (
            "<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>",
            "",
            "no Rhythm lead I: LeadAmplitudeUnits element",
        ),
        ("Size>2<", "Size>4<", "LeadSampleSize is 4 bytes"),
        (
            ">6<",
            ">1000000000<",
            "LeadByteCountTotal is 1000000000, but there are 6",
        ),
        (">3<", ">2<", "LeadSampleCountTotal is 2, but there are 3"),
        (
            "BwAIAAkA",
            "BwAIAAk=",
            "holds 5 bytes, which make no 16-bit samples",
        ),
        ("BwAIAAkA", "BwAIAAk", "is cut short"),
        ("BwAIAAkA", "BwAIA*kA", "place 6 that is no base64"),
        ("BwAIAAkA", "BwAIAAoA", "lead I is damaged: its CRC-32"),
        ("CRC32>", "CRC32>x", "LeadDataCRC32 is no checksum"),
        (
            "<LeadTimeOffset>0",
            "<LeadTimeOffset>2500",
            "lead II was not recorded at the same time",
        ),
        ("<LeadID>II<", "<LeadID>I<", "lead I occurs more than once"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(cause), "{error}");
    }
    let skipped = good.replace("LeadID>", "LeadID>VX");
    assert!(matches!(
        parse(&skipped),
        Err(ReadErrorKind::NoStandardLead { .. })
    ));
    let empty = parse("<RestingECG><Waveform><SampleBase>500</SampleBase></Waveform></RestingECG>");
    assert!(matches!(empty, Err(ReadErrorKind::ElementMissing { .. })));
    let marked = parse(&format!(
        "<RestingECG>{}</RestingECG>",
        waveform("Rhythm", &[7, i16::MIN])
    ));
    assert!(matches!(
        marked,
        Err(ReadErrorKind::MissingSample { sample: 1, .. })
    ));
}

#[test]
fn a_checksum_of_zero_is_none() {
    let text = file();
    let sum = text
        .split_once("CRC32>")
        .unwrap()
        .1
        .split_once('<')
        .unwrap()
        .0;
    assert!(parse(&text.replace(sum, "0")).is_ok());
}

#[test]
fn damage_never_panics() {
    xml::assert_survives_damage(file().as_bytes(), recording);
}
