/// Impact, urgency and priority: numbers, of which 1 is the gravest. Which of them a provider has says the list of each.
package enum Rating {
  /// Those that there may be. One digit each: a number sorts as its text does.
  package static let numbers: ClosedRange<Int64> = 1...9
}
