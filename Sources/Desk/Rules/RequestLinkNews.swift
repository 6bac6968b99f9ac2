/// What tickets are told of a request that they are linked to, for the staff.
package enum RequestLinkNews: String, Sendable, CaseIterable {
  case linked = "incident.request_linked"
  case unlinked = "incident.request_unlinked"
}
