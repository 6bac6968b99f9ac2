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

  @Test func linesWithoutWordsAreBlank() { #expect(fault("\n\t\r\n", Self.reasons) == "input.blank") }

  /// A field that may be empty may be blank.
  @Test func whereNothingIsAskedForNothingIsRefused() { #expect(fault(" ", Field.text("reason", 0...50, "Why.", "原因。")) == nil) }
}
