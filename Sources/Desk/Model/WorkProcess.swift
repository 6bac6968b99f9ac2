/// What there is to do. Where several are due at one instant, and have been there since one, they come in this order.
package enum WorkProcess: String, Sendable, CaseIterable {
  case incident, request, task, problem, change
  case changeTask = "change_task"
}
