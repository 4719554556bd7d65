//! What a fuzzer's bytes are to the loader of models.

use ecg2mri::model::Manifest;
use ecg2mri::model::manifest::{NetworkFile, Port, sealed};
use ecg2mri::model::network::Network;
use ecg2mri::model::verify::sha256_hex;

/// Reads `bytes` as a manifest: as they are, and with the last line that makes them whole.
pub fn manifest(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = Manifest::from_toml(text);
    if let Ok(manifest) = Manifest::from_toml(&sealed(text)) {
        let again = manifest.to_toml().expect("what was read can be written");
        assert_eq!(Manifest::from_toml(&again).expect("and read"), manifest);
    }
}

/// Loads `bytes` as each network of the corpus and runs it once, as if their digest were that of a manifest.
pub fn network(bytes: &[u8]) {
    let ecg: (&str, &[usize]) = ("ecg", &[1, 12, 600]);
    let latent: (&str, &[usize]) = ("latent", &[1, 16]);
    let pictures: &[usize] = &[1, 4, 32, 32];
    load(bytes, &[ecg, ("heart_rate", &[1, 1])], &[latent]);
    load(bytes, &[latent], &[("picture", pictures), ("deviation", pictures)]);
}

fn load(bytes: &[u8], inputs: &[(&str, &[usize])], outputs: &[(&str, &[usize])]) {
    let ports = |all: &[(&str, &[usize])]| -> Vec<Port> {
        all.iter()
            .map(|(name, shape)| Port::new(name, shape))
            .collect()
    };
    let description = NetworkFile {
        file: "network.onnx".into(),
        sha256: sha256_hex(bytes),
        bytes: bytes.len() as u64,
        inputs: ports(inputs),
        outputs: ports(outputs),
    };
    let Ok(network) = Network::from_onnx(bytes, &description) else {
        return;
    };
    let values: Vec<Vec<f32>> = description
        .inputs
        .iter()
        .map(|port| vec![0.1; port.length()])
        .collect();
    let values: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
    let _ = network.run(&values);
}
