import Kernel
import Testing

@testable import Operations

/// Where a text is asked for, spaces are none.
@Suite struct BlankTextTests {
  private static let reason = Field.text("reason", 1...50, "Why.", "原因。")
  private static let reasons = Field.longText("reason", 1...50, "Why.", "原因。")

  private func fault(_ text: String, _ field: Field<String>) -> String? {
    do throws(FieldError) {
      _ = try field.read(.text(text), "reason")
      return nil
    } catch { return error.violations.first?.message.key }
  }

  @Test(arguments: [" ", "   ", "\u{00a0}", "\u{3000}", "\u{200b}", "\u{2060}\u{00ad}", "\u{3164}"])
  func nothingThatCanBeSeenIsNoReason(_ text: String) {
    #expect(fault(text, Self.reason) == "input.blank")
    #expect(fault(text, Self.reasons) == "input.blank")
  }

  @Test(arguments: ["x", " x ", "。", "原因", "\u{1f44d}", "-"])
  func whatCanBeSeenIs(_ text: String) {
    #expect(fault(text, Self.reason) == nil)
    #expect(fault(text, Self.reasons) == nil)
  }

  /// Guard: a title reads as what it is. Longer texts may quote anything.
  @Test(arguments: ["a\u{200b}b", "\u{202a}a", "exe\u{202e}txt", "a\u{2066}b\u{2069}", "one\u{2028}two", "one\u{2029}two", "pay\u{2060}pal"])
  func oneLineIsWhatItLooksLike(_ text: String) {
    #expect(fault(text, Self.reason) == "input.deceiving_mark")
    #expect(fault(text, Self.reasons) == nil)
    #expect(fault(text, Field.typedText("reason", 1...50, "Why.", "原因。")) == nil)
  }

  /// Arabic and Hebrew, with marks of direction; words of Persian and pictures that are joined.
  @Test(arguments: ["مرحبا\u{200f}!", "שלום\u{200e} (3)", "می\u{200c}خواهم", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "क्\u{200d}ष"])
  func scriptsAreWritten(_ text: String) { #expect(fault(text, Self.reason) == nil) }

  @Test func linesWithoutWordsAreBlank() { #expect(fault("\n\t\r\n", Self.reasons) == "input.blank") }

  /// A field that may be empty may be blank.
  @Test func whereNothingIsAskedForNothingIsRefused() { #expect(fault(" ", Field.text("reason", 0...50, "Why.", "原因。")) == nil) }
}
