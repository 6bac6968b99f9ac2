/// What of a hand-over by offer is told to whom it concerns, by the type of its event: `problem.ownership_offered` and so on. Those of incidents are
/// told as what happens to a ticket.
package enum OfferNews: String, Sendable, CaseIterable {
  case offered = "ownership_offered"
  /// Somebody answers from now on; told where he does by an offer.
  case taken = "owner_changed"
  /// Or withdrawn.
  case returned = "ownership_returned"

  /// - Parameter type: of an event, such as `change.ownership_offered`.
  package init?(type: String) {
    let parts = type.split(separator: ".")
    guard parts.count == 2, let kind = parts.first, let what = parts.last, OfferSubject.kinds.contains(String(kind)) else { return nil }
    self.init(rawValue: String(what))
  }

  /// To whose outbox an event is handed.
  package static func consumers(of type: String) -> [String] { OfferNews(type: type) == nil ? [] : ["notifications"] }
}
