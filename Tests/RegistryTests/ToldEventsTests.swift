import Handbooks
import Notifications
import Testing

/// The rules by which people are told of a process stand in its handbook.
@Suite struct ToldEventsTests {
  /// The account side has no handbook.
  private static let ofNoProcess = ["renewal.", "contract.", "proof.", "certification.", "appraisal_action."]

  @Test func everyEventIsOfAProcess() {
    let told = HandbookProcess.allCases.flatMap(\.toldEvents) + Self.ofNoProcess
    for event in NotificationEvent.forRules { #expect(told.contains { event.rawValue.hasPrefix($0) }, "\(event.rawValue)") }
    for name in told { #expect(NotificationEvent.forRules.contains { $0.rawValue.hasPrefix(name) }, "\(name)") }
  }
}
