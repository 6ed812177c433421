// A mesh made by hand in gmsh: a flat lithium foil on one wave of a stiff separator [um].
// Make the mesh again with: gmsh -2 wavy_two_layers.geo -o wavy_two_layers.msh
SetFactory("Built-in");
width = 10; separator = 6; anode = 5; amplitude = 0.15; pieces = 40;

// separator: bottom flat, top height = separator + amplitude cos(2 pi x / width)
Point(1) = {0, 0, 0};
Point(2) = {width, 0, 0};
For i In {0:pieces}
  x = width * i / pieces;
  Point(100 + i) = {x, separator + amplitude * Cos(2 * Pi * x / width), 0};
EndFor
Line(1) = {1, 2};
Line(2) = {2, 100 + pieces};
Spline(3) = {100:100 + pieces};
Line(4) = {1, 100};
Curve Loop(1) = {1, 2, -3, -4};
Plane Surface(1) = {1};

// anode: its own points on the interface, lying on the crests
base = separator + amplitude;
Point(11) = {0, base, 0};
Point(12) = {width, base, 0};
Point(13) = {width, base + anode, 0};
Point(14) = {0, base + anode, 0};
Line(11) = {11, 12};
Line(12) = {12, 13};
Line(13) = {14, 13};
Line(14) = {11, 14};
Curve Loop(2) = {11, 12, -13, -14};
Plane Surface(2) = {2};

// 20 edges against 27: the faces need not match; rows grow away from the interface
Transfinite Curve {1, 3} = 21;
Transfinite Curve {11, 13} = 28;
Transfinite Curve {2, 4} = 9 Using Progression 1 / 1.25;
Transfinite Curve {12, 14} = 9 Using Progression 1.25;
Transfinite Surface {1} = {1, 2, 100 + pieces, 100};
Transfinite Surface {2} = {11, 12, 13, 14};
Recombine Surface {1, 2};

Physical Surface("layer_separator") = {1};
Physical Surface("layer_anode") = {2};
Physical Curve("face_separator|anode_lower") = {3};
Physical Curve("face_separator|anode_upper") = {11};
