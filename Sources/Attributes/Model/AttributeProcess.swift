/// Whose tickets an attribute is of.
package enum AttributeProcess: String, Sendable, CaseIterable {
  case incident, request, problem, change, release
  case majorIncident = "major_incident"

  /// Whether its tickets are a customer's own, so that his people may know of an attribute. All others are the provider's.
  var isOfCustomers: Bool { self == .incident || self == .request }
  /// Whether its tickets have a category.
  var hasCategory: Bool { self == .incident || self == .problem }
  /// Whether one of its tickets is about one customer; a change, a release and a major incident may concern many.
  var hasOneCustomer: Bool {
    switch self {
    case .incident, .request, .problem: true
    case .change, .release, .majorIncident: false
    }
  }
}
