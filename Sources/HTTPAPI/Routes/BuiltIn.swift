/// The paths that are no operations: what a monitor, an orchestrator or a client's tooling asks for. The list is closed.
enum BuiltIn: String, CaseIterable {
  /// Whether the process answers at all.
  case liveness = "/healthz"
  /// Whether it should be given work.
  case readiness = "/readyz"
  case metrics = "/metrics"
  case openAPI = "/openapi.json"
}
