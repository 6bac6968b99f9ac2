/// What people are told of escalations of all but tickets, of which their history tells.
package enum EscalationNews {
  /// The kind of its subject: an escalation, by its row.
  package static let subjectKind = "escalation"
  package static let escalated = "process.escalated_by_rule"
}
