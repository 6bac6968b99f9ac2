import Notifications
import Testing

@testable import Handbooks

/// Which rules of notification editions keep.
@Suite struct HandbookEventTests {
  /// Guard: news of a process that nobody thought of here would be told by rules that its handbook does not have.
  @Test func everyEventIsOfAProcessOrOfNone() {
    let ofNone: Set = ["renewal", "contract", "proof", "certification", "appraisal_action", "handbook", "notification"]
    for event in NotificationEvent.allCases {
      let isOfProcess = HandbookProcess.allCases.contains { $0.toldEvents.contains { event.rawValue.hasPrefix($0) } }
      #expect(isOfProcess != ofNone.contains(String(event.rawValue.prefix { $0 != "." })), "\(event)")
    }
  }
}
