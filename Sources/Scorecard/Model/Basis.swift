/// Which of a ticket's days puts it into a month. Part of every measure: a figure by another basis is another figure.
package enum Basis: String, Sendable, CaseIterable {
  case opened, resolved, closed
}
