//! How it is told what happens: one status line on a terminal, plain lines or JSON lines otherwise.

use std::io::{self, IsTerminal, Write};

use ecg2mri::standard_output;

use super::super::failure::Failure;
use super::message::Message;

/// Tells messages.
#[derive(Debug)]
pub struct Output {
    json: bool,
    /// Whether the status is a line that changes.
    is_terminal: bool,
}

impl Output {
    /// As JSON, or for people.
    pub fn new(json: bool) -> Self {
        let is_terminal = !json && io::stdout().is_terminal();
        Self { json, is_terminal }
    }

    /// Tells a message. What was asked for goes to standard output, all else to standard error.
    ///
    /// # Errors
    /// Where standard output cannot be written.
    pub fn tell(&self, message: &Message) -> Result<(), Failure> {
        let is_status = matches!(message, Message::Status(_) | Message::Silence { .. });
        let is_result = is_status || matches!(message, Message::Picture { .. });
        let text = match (self.json, self.is_terminal, is_status) {
            (true, ..) => serde_json::to_string(message).map_err(Failure::failed)? + "\n",
            // From the first column, and to the end of the line nothing else.
            (false, true, true) => format!("\r{message}\u{1b}[K"),
            (false, true, false) => format!("\r\u{1b}[K{message}\n"),
            (false, false, _) => format!("{message}\n"),
        };
        if self.json || is_result {
            return standard_output::print(&text).map_err(Failure::failed);
        }
        // A message that cannot be delivered must not stop anything.
        let _ = io::stderr().lock().write_all(text.as_bytes());
        Ok(())
    }
}
