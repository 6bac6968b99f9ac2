import Operations

/// All that can be called over HTTP: the operations of the registry, several of them by one request, live updates, and
/// the built-ins; nothing else.
package struct RouteTable: Sendable {
  package enum Defect: Error, Equatable, CustomStringConvertible {
    /// Two operations would answer the same method and path.
    case sameRoute(String, operations: [String])

    package var description: String {
      switch self {
      case .sameRoute(let route, let operations): "\(route) is claimed by \(operations.joined(separator: " and "))"
      }
    }
  }

  enum Match {
    case operation(RegisteredOperation, id: String?)
    case builtIn(BuiltIn)
    case batch
    case live
    /// The path is known, the method is not one of its own.
    case wrongMethod(allowed: [String])
    case nothing
  }

  /// By path template, then by method.
  private let operations: [String: [Route.Method: RegisteredOperation]]
  private let readable: [String: String]

  package init(_ registry: Registry) throws(Defect) {
    var operations: [String: [Route.Method: RegisteredOperation]] = [:]
    var readable: [String: String] = [:]
    for operation in registry.operations {
      let route = Route(of: operation)
      if [Batch.path, LiveRoute.path].contains(route.path) { throw .sameRoute(route.description, operations: [operation.declaration.name, route.path]) }
      if let other = operations[route.path]?[route.method] {
        throw .sameRoute(route.description, operations: [other.declaration.name, operation.declaration.name])
      }
      operations[route.path, default: [:]][route.method] = operation
      if route.method == .get, operation.declaration.verb == "read", route.path.hasSuffix("/{id}") {
        readable[operation.declaration.noun] = route.path
      }
    }
    self.operations = operations
    self.readable = readable
  }

  /// Where a thing of this noun can be read, if it can.
  func path(ofOne noun: String, id: String) -> String? {
    readable[noun].map { $0.dropLast("{id}".utf8.count) + id }
  }

  /// `path` is matched letter by letter, without decoding, so that a thing has one path: no path of ours needs an
  /// escape, and one with an escape, an empty segment or a dot segment is none of ours.
  func match(_ method: String, _ path: String) -> Match {
    if let builtIn = BuiltIn(rawValue: path) {
      return method == "GET" || method == "HEAD" ? .builtIn(builtIn) : .wrongMethod(allowed: ["GET", "HEAD"])
    }
    if path == Batch.path { return method == "POST" ? .batch : .wrongMethod(allowed: ["POST"]) }
    if path == LiveRoute.path { return method == "GET" ? .live : .wrongMethod(allowed: ["GET"]) }
    guard path.utf8.count <= 500 else { return .nothing }
    var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    guard (2...4).contains(segments.count), !segments.contains("{id}") else { return .nothing }
    if let methods = operations[path] { return match(method, methods, id: nil) }
    guard segments.count > 2, !segments[2].isEmpty else { return .nothing }
    let id = segments[2]
    segments[2] = "{id}"
    guard let methods = operations["/" + segments.joined(separator: "/")] else { return .nothing }
    return match(method, methods, id: id)
  }

  private func match(_ method: String, _ methods: [Route.Method: RegisteredOperation], id: String?) -> Match {
    let own = method == "HEAD" ? .get : Route.Method(rawValue: method)
    if let own, let operation = methods[own] { return .operation(operation, id: id) }
    let allowed = methods.keys.flatMap { $0 == .get ? ["GET", "HEAD"] : [$0.rawValue] }
    return .wrongMethod(allowed: allowed.sorted())
  }
}
